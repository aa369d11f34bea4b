import { hostOrder, sourceOf, Writer, type LinkName } from '../codec';
import type { Handle, NativeRuntime } from '../native';
import { HEADER_SIZE, NLM_F, NLMSG, type Query } from '../protocol/netlink';
import type { Failure } from './batch';
import { encodeFixups } from './fixups';
import { eachMessage, readVerdict, type Verdict } from './messages';
import type { Outcome } from './runtime';

/** One dump: its request, and what came of it. */
export class Dump<Reply> {
  wasInterrupted = false;
  private verdict: Verdict | undefined;
  private bytes = new Uint8Array();
  private linkNames: readonly LinkName[] = [];

  constructor(
    private readonly query: Query<Reply>,
    private readonly sequence: number,
  ) {}

  /** Starts the dump on a socket, under an operation's number. */
  start(addon: NativeRuntime, id: number, socket: Handle, window: number): void {
    const writer = new Writer();
    writer.reserve(HEADER_SIZE);
    this.query.encode(writer);
    writer.view.setUint32(0, writer.position, hostOrder);
    writer.view.setUint16(4, this.query.type, hostOrder);
    writer.view.setUint16(6, NLM_F.REQUEST | NLM_F.DUMP, hostOrder);
    writer.view.setUint32(8, this.sequence, hostOrder);
    const fixups = writer.linkNames.map((name) => ({ ...name, message: 0, afterEarlier: false }));
    this.linkNames = writer.linkNames;
    this.bytes = writer.bytes.subarray(0, writer.position);
    addon.dump(id, socket, this.bytes, encodeFixups(fixups), window);
  }

  read(data: ArrayBuffer, take: (reply: Reply) => void): void {
    const source = sourceOf(data);
    eachMessage(source, (message) => {
      if ((message.flags & NLM_F.DUMP_INTR) !== 0) this.wasInterrupted = true;
      if (message.type === NLMSG.DONE || message.type === NLMSG.ERROR) {
        this.verdict = readVerdict(source, message);
      } else if (message.type >= NLMSG.MIN_TYPE) {
        const reply = this.query.decode(source, message.start, message.end);
        if (reply !== undefined) take(reply);
      }
    });
  }

  /** Why the dump failed, or undefined. */
  failure(outcome: Outcome | undefined): Failure | undefined {
    if (outcome !== undefined && outcome.errno !== 0) return { errno: outcome.errno, call: outcome.call };
    const { verdict } = this;
    if (verdict === undefined || verdict.errno === 0) return undefined;
    const { offset } = verdict;
    if (offset === undefined) return verdict;
    return {
      ...verdict,
      property: this.query.locate?.(sourceOf(this.bytes), HEADER_SIZE, this.bytes.length, offset),
      unknownLink: this.linkNames.find((name) => name.offset === offset)?.name,
    };
  }
}
