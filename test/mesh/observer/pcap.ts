// What tcpdump writes: packets of all interfaces with a "cooked" header (LINKTYPE_LINUX_SLL2), in libpcap's file format.

/** One TCP segment or UDP datagram as an interface of the node saw it. */
export interface Packet {
  /** The interface's number. */
  readonly link: number;
  /** True if the node sent it through this interface, false if it came in. */
  readonly outgoing: boolean;
  readonly protocol: 'tcp' | 'udp';
  /** `address:port`. */
  readonly source: string;
  readonly destination: string;
  readonly flags: TcpFlags;
  /** The sequence number of the first byte of the payload; 0 for UDP. */
  readonly sequence: number;
  readonly payload: Buffer;
}

export interface TcpFlags {
  readonly syn: boolean;
  readonly ack: boolean;
  readonly fin: boolean;
  readonly rst: boolean;
}

const fileHeaderLength = 24;
const recordHeaderLength = 16;
const cookedLength = 20;
const sentByUs = 4;
const etherTypeIpv4 = 0x0800;
const tcpNumber = 6;
const udpNumber = 17;

/** Takes the bytes of a capture in pieces and gives the packets that are complete. */
export class PcapReader {
  #rest: Buffer = Buffer.alloc(0);
  #started = false;

  read(piece: Buffer): readonly Packet[] {
    this.#rest = Buffer.concat([this.#rest, piece]);
    if (!this.#started) {
      if (this.#rest.length < fileHeaderLength) return [];
      this.#rest = this.#rest.subarray(fileHeaderLength);
      this.#started = true;
    }
    const packets: Packet[] = [];
    while (this.#rest.length >= recordHeaderLength) {
      const end = recordHeaderLength + this.#rest.readUInt32LE(8);
      if (this.#rest.length < end) break;
      const packet = readCooked(this.#rest.subarray(recordHeaderLength, end));
      if (packet !== undefined) packets.push(packet);
      this.#rest = this.#rest.subarray(end);
    }
    return packets;
  }
}

function readCooked(bytes: Buffer): Packet | undefined {
  if (bytes.length < cookedLength + 20 || bytes.readUInt16BE(0) !== etherTypeIpv4) return undefined;
  return readIp(bytes.subarray(cookedLength), {
    link: bytes.readUInt32BE(4),
    outgoing: bytes.readUInt8(10) === sentByUs,
  });
}

function readIp(bytes: Buffer, seen: Pick<Packet, 'link' | 'outgoing'>): Packet | undefined {
  const headerLength = (bytes.readUInt8(0) & 0x0f) * 4;
  const from = [...bytes.subarray(12, 16)].join('.');
  const to = [...bytes.subarray(16, 20)].join('.');
  // Short frames are padded: the length in the header counts.
  const body = bytes.subarray(headerLength, bytes.readUInt16BE(2));
  switch (bytes.readUInt8(9)) {
    case tcpNumber:
      return body.length < 20 ? undefined : readTcp(body, { ...seen, from, to });
    case udpNumber:
      return body.length < 8 ? undefined : readUdp(body, { ...seen, from, to });
    default:
      return undefined;
  }
}

interface Addressed extends Pick<Packet, 'link' | 'outgoing'> {
  readonly from: string;
  readonly to: string;
}

function readTcp(body: Buffer, { from, to, ...seen }: Addressed): Packet {
  const bits = body.readUInt8(13);
  return {
    ...seen,
    protocol: 'tcp',
    source: `${from}:${body.readUInt16BE(0)}`,
    destination: `${to}:${body.readUInt16BE(2)}`,
    flags: {
      fin: (bits & 0x01) !== 0,
      syn: (bits & 0x02) !== 0,
      rst: (bits & 0x04) !== 0,
      ack: (bits & 0x10) !== 0,
    },
    sequence: body.readUInt32BE(4),
    payload: Buffer.from(body.subarray((body.readUInt8(12) >> 4) * 4)),
  };
}

function readUdp(body: Buffer, { from, to, ...seen }: Addressed): Packet {
  return {
    ...seen,
    protocol: 'udp',
    source: `${from}:${body.readUInt16BE(0)}`,
    destination: `${to}:${body.readUInt16BE(2)}`,
    flags: { syn: false, ack: false, fin: false, rst: false },
    sequence: 0,
    payload: Buffer.from(body.subarray(8)),
  };
}
