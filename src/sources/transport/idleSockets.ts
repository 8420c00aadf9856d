import type { Agent } from 'node:http';
import type { Duplex } from 'node:stream';

/** The sockets that an agent keeps for a next call. */
export class IdleSockets {
  #agent: Agent | undefined;
  #isResting = false;

  /** To be told of each call: its agent may keep sockets from now on, until the next `close`. */
  use(agent: Agent): void {
    this.#isResting = false;
    if (this.#agent === agent) return;
    this.#agent = agent;
    // A call that was given up while it connected leaves its connection to the agent once that is there.
    agent.on('free', (socket: Duplex) => {
      if (this.#isResting) socket.destroy();
    });
  }

  /** Closes what is kept, and what is given back before the next call. */
  close(): void {
    this.#isResting = true;
    for (const kept of Object.values(this.#agent?.freeSockets ?? {}))
      for (const socket of kept ?? []) socket.destroy();
  }
}
