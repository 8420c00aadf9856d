import { createSocket } from 'node:dgram';
import { nodeAddress } from './addresses.ts';

/** What a name stands for: addresses, another name, or nothing. */
export type Resolution =
  | { readonly kind: 'addresses'; readonly addresses: readonly string[] }
  | { readonly kind: 'alias'; readonly name: string }
  | undefined;

/** Resolves a name in lower case, without a dot at its end. */
export type Lookup = (name: string) => Resolution;

const typeA = 1;
const typeCname = 5;
const anyType = 255;
const inClass = 1;
const nameError = 3;
/** An answer, by an authority, of a server that recurses. */
const answerFlags = 0x8580;
const secondsToLive = 5;
const longestChain = 8;

/** Answers DNS over UDP on the node, as cluster DNS does. Names that are not known do not exist: nothing is asked elsewhere. */
export function serveDns(lookup: Lookup): Promise<void> {
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    const answer = answerTo(query, lookup);
    if (answer !== undefined) socket.send(answer, from.port, from.address);
  });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(53, nodeAddress, resolve);
  });
}

/** The answer to a query in DNS's wire format; undefined for what is no query. */
export function answerTo(query: Buffer, lookup: Lookup): Buffer | undefined {
  const question = readQuestion(query);
  if (question === undefined) return undefined;
  const records: Buffer[] = [];
  let owner = question.name;
  let found = lookup(owner.toLowerCase());
  const exists = found !== undefined;
  for (let hops = 0; found?.kind === 'alias' && hops < longestChain; hops += 1) {
    records.push(record(owner, typeCname, encodeName(found.name)));
    owner = found.name;
    found = lookup(owner.toLowerCase());
  }
  if (found?.kind === 'addresses' && [typeA, anyType].includes(question.type)) {
    for (const address of found.addresses)
      records.push(record(owner, typeA, Buffer.from(address.split('.').map(Number))));
  }
  const head = Buffer.alloc(12);
  query.copy(head, 0, 0, 2);
  head.writeUInt16BE(answerFlags | (exists ? 0 : nameError), 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(records.length, 6);
  return Buffer.concat([head, query.subarray(12, question.end), ...records]);
}

interface Question {
  readonly name: string;
  readonly type: number;
  /** Where it ends in the query. */
  readonly end: number;
}

function readQuestion(query: Buffer): Question | undefined {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  if (query.length < at + 5) return undefined;
  return { name: labels.join('.'), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function encodeName(name: string): Buffer {
  const labels = name.split('.').filter((label) => label !== '');
  return Buffer.concat([
    ...labels.map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label)])),
    Buffer.of(0),
  ]);
}

function record(owner: string, type: number, data: Buffer): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(inClass, 2);
  fixed.writeUInt32BE(secondsToLive, 4);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([encodeName(owner), fixed, data]);
}
