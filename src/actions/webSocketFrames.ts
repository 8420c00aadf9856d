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

/**
 * Cuts the bytes that a server sends into messages; a message may come in several frames (RFC 6455, 5.4). The time it takes
 * is in proportion to the bytes, in however small pieces they come.
 */
export class FrameReader {
  readonly #listener: FrameListener;
  /** What has come of the next frames, and how many bytes of it there must be before it is looked at again. */
  readonly #waiting = { pieces: [] as Buffer[], length: 0, needed: 2 };
  #message: Message | undefined;
  #closed = false;

  constructor(listener: FrameListener) {
    this.#listener = listener;
  }

  /** Whether the bytes keep to the protocol; nothing can be read any more once they did not. */
  push(bytes: Buffer): boolean {
    const waiting = this.#waiting;
    waiting.pieces.push(bytes);
    waiting.length += bytes.length;
    while (!this.#closed && waiting.length >= waiting.needed) {
      const [only] = waiting.pieces;
      const all = waiting.pieces.length === 1 && only ? only : Buffer.concat(waiting.pieces);
      const frame = readFrame(all);
      if (frame.kind === 'malformed') return false;
      this.#keep(frame.kind === 'frame' ? all.subarray(frame.length) : all);
      waiting.needed = frame.kind === 'frame' ? 2 : frame.needed;
      if (frame.kind === 'frame' && !this.#take(frame)) return false;
    }
    return true;
  }

  #keep(rest: Buffer): void {
    this.#waiting.pieces = [rest];
    this.#waiting.length = rest.length;
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
        return this.#append({ parts: [], size: 0 }, payload, isLast);
      case OPCODES.continuation:
        if (this.#message === undefined) return false;
        return this.#append(this.#message, payload, isLast);
      default:
        return false;
    }
  }

  #append(message: Message, payload: Buffer, isLast: boolean): boolean {
    message.parts.push(payload);
    message.size += payload.length;
    if (message.size > MAX_MESSAGE) return false;
    this.#message = isLast ? undefined : message;
    if (isLast) this.#listener.onMessage(Buffer.concat(message.parts));
    return true;
  }
}

/** The frames of a message that is not complete yet. */
interface Message {
  readonly parts: Buffer[];
  size: number;
}

interface Frame {
  readonly kind: 'frame';
  readonly opcode: number;
  readonly isLast: boolean;
  readonly payload: Buffer;
  /** Bytes of the whole frame. */
  readonly length: number;
}

type Incomplete = { readonly kind: 'incomplete'; readonly needed: number };

/** The first frame of the bytes, or how many bytes must be there to say more. */
function readFrame(bytes: Buffer): Frame | Incomplete | { readonly kind: 'malformed' } {
  const [first, second] = bytes;
  if (first === undefined || second === undefined) return { kind: 'incomplete', needed: 2 };
  // A server masks nothing, and without an extension the reserved bits say nothing.
  if ((first & 0x70) !== 0 || (second & MASK) !== 0) return { kind: 'malformed' };
  const short = second & 0x7f;
  const header = short === 127 ? 10 : short === 126 ? 4 : 2;
  if (bytes.length < header) return { kind: 'incomplete', needed: header };
  const size =
    header === 10 ? bytes.readBigUInt64BE(2) : header === 4 ? bytes.readUInt16BE(2) : short;
  if (size > MAX_MESSAGE) return { kind: 'malformed' };
  const length = header + Number(size);
  if (bytes.length < length) return { kind: 'incomplete', needed: length };
  const payload = bytes.subarray(header, length);
  return { kind: 'frame', opcode: first & 0x0f, isLast: (first & FIN) !== 0, payload, length };
}

/** An answer of the client to the server; clients mask what they send (RFC 6455, 5.3). */
export function controlFrame(kind: 'close' | 'pong', payload: Buffer): Buffer {
  const mask = randomBytes(4);
  const masked = payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return Buffer.concat([Buffer.from([FIN | OPCODES[kind], MASK | payload.length]), mask, masked]);
}
