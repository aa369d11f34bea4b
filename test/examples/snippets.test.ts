import { pages, programOf, promisesOf } from '../../scripts/snippets';
import { describeKernel, feature } from '../support/kernel';
import { compilePrograms, ELSEWHERE, runProgram } from './programs';
import { writeProgram } from './snippets';

beforeAll(compilePrograms, 120_000);

const kinds = feature(
  'macvlan, vxlan or tbf',
  `ip link add v0 type veth peer name v1
   ip link add link v0 type macvlan
   ip link add vx0 type vxlan id 42 dstport 4789
   tc qdisc add dev v0 root tbf rate 8mbit burst 16k latency 50ms`,
);

/** The first page is the README, whose program is the first that anybody runs. */
const [readme, ...guide] = pages();

describeKernel('the README', () => {
  test('begins with a program that runs as it stands, twice, and leaves nothing', async () => {
    const { javascript, typescript } = writeProgram(readme!);

    const stdout = 'hello 10.1.1.1\n';
    expect(await runTwice(javascript)).toEqual({ status: 0, signal: null, stdout: stdout + stdout, stderr: '' });
    expect(await runTwice(typescript)).toEqual({ status: 0, signal: null, stdout: stdout + stdout, stderr: '' });
  });
});

describeKernel('the code of the guide', [kinds], () => {
  test.each(guide)('%s does what it says, as JavaScript and as TypeScript, and leaves nothing', async (page) => {
    const promises = promisesOf(programOf(page));
    expect(promises).not.toEqual([]);

    for (const program of Object.values(writeProgram(page))) {
      const { stdout, ...rest } = await runTwice(program);

      expect(rest).toEqual({ status: 0, signal: null, stderr: '' });
      expect(stdout.split('\n')).toEqual(expect.arrayContaining(promises));
      expect(broken([...promises, ...promises], stdout.split('\n'))).toBeUndefined();
    }
  });
});

/** The first promise that was not kept: they are printed in their order, with other lines between them. */
function broken(promises: string[], printed: string[]): string | undefined {
  let at = 0;
  return promises.find((promise) => {
    const found = printed.indexOf(promise, at);
    at = found + 1;
    return found < 0;
  });
}

/** Runs a program two times on a host of its own, and complains about what is left there. */
function runTwice(program: string) {
  const twice = `
    look() { ls /run/netns; ip -o link; cut -d ' ' -f 5 /proc/self/mountinfo | grep -vx /run/netns; }
    mkdir /run/netns
    before=$(look)
    "$@"
    "$@"
    after=$(look)
    [ "$before" = "$after" ] || echo "left behind: $after" >&2`;
  return runProgram(program, [], [...ELSEWHERE, 'sh', '-ec', twice, 'sh']);
}
