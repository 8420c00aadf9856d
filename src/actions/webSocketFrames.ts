import { randomBytes } from 'node:crypto';

/** What a client hears on a WebSocket. */
export interface FrameListener {
  onMessage(message: Buffer): void;
  onPing(payload: Buffer): void;
  onClose(): void;
}

/** A larger message is none that the Kubernetes API sends. */
const MAX_MESSAGE = 16 * 1024 * 1024;

/** RFC 6455, 5.2. */
const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
const FIN = 0x80;
const MASK = 0x80;

/** Cuts the bytes that a server sends into messages; a message may come in several frames (RFC 6455, 5.4). */
export class FrameReader {
  readonly #listener: FrameListener;
  #rest: Buffer = Buffer.alloc(0);
  #message: Buffer[] | undefined;
  #closed = false;

  constructor(listener: FrameListener) {
    this.#listener = listener;
  }

  /** Whether the bytes keep to the protocol; nothing can be read any more once they did not. */
  push(bytes: Buffer): boolean {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    for (;;) {
      const frame = this.#closed ? 'incomplete' : readFrame(this.#rest);
      if (frame === 'incomplete') return true;
      if (frame === 'malformed') return false;
      this.#rest = this.#rest.subarray(frame.length);
      if (!this.#take(frame)) return false;
    }
  }

  #take({ opcode, isLast, payload }: Frame): boolean {
    switch (opcode) {
      case OPCODES.close:
        this.#closed = true;
        this.#listener.onClose();
        return true;
      case OPCODES.ping:
        this.#listener.onPing(payload);
        return true;
      case OPCODES.pong:
        return true;
      case OPCODES.text:
      case OPCODES.binary:
        if (this.#message !== undefined) return false;
        return this.#append([payload], isLast);
      case OPCODES.continuation:
        if (this.#message === undefined) return false;
        return this.#append([...this.#message, payload], isLast);
      default:
        return false;
    }
  }

  #append(parts: Buffer[], isLast: boolean): boolean {
    const size = parts.reduce((sum, { length }) => sum + length, 0);
    if (size > MAX_MESSAGE) return false;
    this.#message = isLast ? undefined : parts;
    if (isLast) this.#listener.onMessage(Buffer.concat(parts));
    return true;
  }
}

interface Frame {
  readonly opcode: number;
  readonly isLast: boolean;
  readonly payload: Buffer;
  /** Bytes of the whole frame. */
  readonly length: number;
}

function readFrame(bytes: Buffer): Frame | 'incomplete' | 'malformed' {
  const [first, second] = bytes;
  if (first === undefined || second === undefined) return 'incomplete';
  // A server masks nothing, and without an extension the reserved bits say nothing.
  if ((first & 0x70) !== 0 || (second & MASK) !== 0) return 'malformed';
  const short = second & 0x7f;
  const header = short === 127 ? 10 : short === 126 ? 4 : 2;
  if (bytes.length < header) return 'incomplete';
  const size =
    header === 10 ? bytes.readBigUInt64BE(2) : header === 4 ? bytes.readUInt16BE(2) : short;
  if (size > MAX_MESSAGE) return 'malformed';
  const length = header + Number(size);
  if (bytes.length < length) return 'incomplete';
  const payload = bytes.subarray(header, length);
  return { opcode: first & 0x0f, isLast: (first & FIN) !== 0, payload, length };
}

/** An answer of the client to the server; clients mask what they send (RFC 6455, 5.3). */
export function controlFrame(kind: 'close' | 'pong', payload: Buffer): Buffer {
  const mask = randomBytes(4);
  const masked = payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return Buffer.concat([Buffer.from([FIN | OPCODES[kind], MASK | payload.length]), mask, masked]);
}
