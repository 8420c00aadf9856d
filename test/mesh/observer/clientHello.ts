// The first message of a TLS client, RFC 8446 section 4.1.2, which crosses the wire unencrypted.

/** What a TLS client asks for before anything is encrypted. */
export interface ClientHello {
  /** The name of the server that it wants, if it says one. */
  readonly serverName?: string;
  /** Protocols that it offers, in its order. */
  readonly alpn: readonly string[];
}

const handshakeRecord = 0x16;
const clientHelloMessage = 1;
const serverNameExtension = 0;
const alpnExtension = 16;

/** Whether bytes begin with a TLS handshake. */
export function isTlsHandshake(bytes: Buffer): boolean {
  return bytes[0] === handshakeRecord && bytes[1] === 3;
}

/** Reads a ClientHello from the first bytes of a connection; undefined if they are none, or not all there yet. */
export function readClientHello(bytes: Buffer): ClientHello | undefined {
  if (!isTlsHandshake(bytes) || bytes[5] !== clientHelloMessage) return undefined;
  try {
    return readBody(new Cursor(bytes.subarray(9)));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const changeCipherSpec = 0x14;
const alertRecord = 0x15;
const encryptedRecord = 0x17;
const recordHeader = 5;
/** An encrypted alert: two bytes, one for its type, and 16 that seal it. No other message is as short. */
const encryptedAlertLength = 2 + 1 + 16;

/** Whether a client, after its ClientHello, sends an alert instead of the rest of its handshake. */
export function rejects(fromClient: Buffer): boolean {
  if (!isTlsHandshake(fromClient)) return false;
  for (let at = nextRecord(fromClient, 0); at + recordHeader <= fromClient.length;) {
    const type = fromClient[at];
    if (type !== changeCipherSpec) {
      const length = fromClient.readUInt16BE(at + 3);
      return type === alertRecord || (type === encryptedRecord && length <= encryptedAlertLength);
    }
    at = nextRecord(fromClient, at);
  }
  return false;
}

function nextRecord(bytes: Buffer, at: number): number {
  return bytes.length < at + recordHeader
    ? bytes.length
    : at + recordHeader + bytes.readUInt16BE(at + 3);
}

function readBody(cursor: Cursor): ClientHello {
  cursor.skip(2 + 32);
  cursor.vector(1);
  cursor.vector(2);
  cursor.vector(1);
  const extensions = cursor.vector(2);
  let serverName: string | undefined;
  let alpn: readonly string[] = [];
  while (!extensions.atEnd) {
    const type = extensions.number(2);
    const content = extensions.vector(2);
    if (type === serverNameExtension) {
      const names = content.vector(2);
      names.skip(1);
      serverName = names.vector(2).text();
    }
    if (type === alpnExtension) alpn = readNames(content.vector(2));
  }
  return { alpn, ...(serverName === undefined ? {} : { serverName }) };
}

function readNames(list: Cursor): readonly string[] {
  const names: string[] = [];
  while (!list.atEnd) names.push(list.vector(1).text());
  return names;
}

/** Reads TLS's numbers and vectors; a RangeError says that the bytes are too few. */
class Cursor {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  number(bytes: number): number {
    const value = this.#bytes.readUIntBE(this.#at, bytes);
    this.#at += bytes;
    return value;
  }

  skip(bytes: number): void {
    this.#at += bytes;
  }

  /** What follows a length of so many bytes. */
  vector(lengthBytes: number): Cursor {
    const length = this.number(lengthBytes);
    if (this.#at + length > this.#bytes.length) throw new RangeError('the bytes are too few');
    this.#at += length;
    return new Cursor(this.#bytes.subarray(this.#at - length, this.#at));
  }

  text(): string {
    return this.#bytes.toString('latin1');
  }
}
