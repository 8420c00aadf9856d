import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { gatewayAddress } from '../environment/addresses.ts';
import { Connections, type SeenConnection } from './connections.ts';
import { PcapReader, type Packet } from './pcap.ts';

/** Sees every packet between pods, on the links of the pods in the node's namespace. */
export interface Observer {
  /**
   * Does something and tells which connections of a pod crossed the wire meanwhile, those that were open before as well.
   * Things done for the same pod must not overlap.
   */
  during<T>(
    clientAddress: string,
    work: () => Promise<T>,
  ): Promise<{ readonly result: T; readonly seen: readonly SeenConnection[] }>;
  stop(): void;
}

/** Datagrams to this port of the node are marks: when one has been seen, so has everything before it. */
const markPort = 9;
const markLimitMs = 10_000;
/** Of istiod, the API server, probes of health, metrics: the mesh's own. */
const notOfPods = [15012, 15010, 15017, 15014, 6443, 2379, 2380, 15020, 15021, 15090];
/** A ClientHello may come in one piece that is larger than a packet: links between namespaces do not cut it. */
const snapBytes = 8192;

export async function startObserver(): Promise<Observer> {
  const filter = `(tcp and not (${notOfPods.map((port) => `port ${port}`).join(' or ')})) or udp port ${markPort}`;
  const output = ['-U', '--immediate-mode', '-s', String(snapBytes), '-B', '16384', '-w', '-'];
  const tcpdump = spawn('tcpdump', ['-n', '-i', 'any', '-y', 'LINUX_SLL2', ...output, filter], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const connections = new Connections();
  const marks = new Marks();
  const reader = new PcapReader();
  tcpdump.stdout.on('data', (piece: Buffer) => {
    for (const packet of reader.read(piece)) {
      if (packet.protocol === 'udp') marks.take(packet);
      else connections.take(packet);
    }
  });
  await Promise.race([
    once(tcpdump.stderr, 'data'),
    once(tcpdump, 'exit').then(() => {
      throw new Error('tcpdump ended at once');
    }),
  ]);
  await marks.set();
  return {
    during: async (clientAddress, work) => {
      await marks.set();
      const recording = connections.record(clientAddress);
      try {
        const result = await work();
        await marks.set();
        return { result, seen: recording.finish() };
      } catch (error) {
        recording.finish();
        throw error;
      }
    },
    stop: () => {
      marks.close();
      tcpdump.kill('SIGKILL');
    },
  };
}

class Marks {
  readonly #socket = createSocket('udp4').unref();
  readonly #waiting = new Map<number, () => void>();
  #last = 0;

  /** Resolves when all packets that there were before have been seen. */
  set(): Promise<void> {
    const number = (this.#last += 1);
    return new Promise((resolve, reject) => {
      const send = (): void => {
        this.#socket.send(String(number), markPort, gatewayAddress);
      };
      // The first ones may come before tcpdump looks.
      const again = setInterval(send, 200);
      const limit = setTimeout(() => {
        finish();
        reject(new Error('tcpdump sees no packets'));
      }, markLimitMs);
      const finish = (): void => {
        clearInterval(again);
        clearTimeout(limit);
        this.#waiting.delete(number);
      };
      this.#waiting.set(number, () => {
        finish();
        resolve();
      });
      send();
    });
  }

  take({ payload }: Packet): void {
    this.#waiting.get(Number(payload.toString('latin1')))?.();
  }

  close(): void {
    this.#socket.close();
  }
}
