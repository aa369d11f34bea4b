import type http from 'node:http';
import type https from 'node:https';

import { checkObject } from '../errors';
import { packages } from '../packages';
import { AgentConnections, type AgentCallback, type CountingAgent, type Dial, type Target } from './agent-connections';

/** An http.Agent whose connections are made by `dial`. */
export function httpAgent(dial: Dial, options: http.AgentOptions = {}): http.Agent {
  checkObject('options', options);
  HttpAgent ??= dialing(packages.http.Agent as unknown as AgentClass, 'plain');
  return new HttpAgent(dial, options) as unknown as http.Agent;
}

/** An https.Agent whose connections are made by `dial`. */
export function httpsAgent(dial: Dial, options: https.AgentOptions = {}): https.Agent {
  checkObject('options', options);
  HttpsAgent ??= dialing(packages.https.Agent as unknown as AgentClass, 'secured');
  return new HttpsAgent(dial, options) as unknown as https.Agent;
}

type AgentClass = new (options: http.AgentOptions) => CountingAgent;

/**
 * A class of Node's agents, except for how a socket is made: `connected` returns what is used of a connected socket.
 */
function dialing(Base: AgentClass, connected: 'plain' | 'secured') {
  return class extends Base {
    private readonly connections: AgentConnections;

    constructor(dial: Dial, options: http.AgentOptions) {
      super(options);
      this.connections = new AgentConnections(this, dial);
    }

    override createSocket(request: http.ClientRequest, options: object, answer: AgentCallback): void {
      this.connections.serve(request, () => {
        super.createSocket(request, options, answer);
      });
    }

    override createConnection(target: Target, answer: AgentCallback): undefined {
      this.connections.start(target, answer, (socket) =>
        connected === 'plain' ? socket : super.createConnection({ ...target, socket })!,
      );
    }
  };
}

/** Made when the first agent is. */
let HttpAgent: ReturnType<typeof dialing> | undefined;
let HttpsAgent: ReturnType<typeof dialing> | undefined;
