import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FrameReader } from '../../src/actions/webSocketFrames.ts';
import { parseList } from '../../src/sources/cluster/listBody.ts';
import { watchLines } from '../../src/sources/transport/watchLines.ts';
import { share } from './inputs.ts';

/** What servers send, cut into pieces by the network and changed by whatever is broken on the way. */

const object = fc.record({
  kind: fc.constantFrom('Pod', 'Service', ''),
  metadata: fc.record({ name: fc.string({ maxLength: 5 }), labels: fc.jsonValue({ maxDepth: 2 }) }),
});

/** Some bytes of a text changed, left out or doubled; most texts stay as they are. */
function damaged(text: fc.Arbitrary<string>): fc.Arbitrary<Buffer> {
  const damage = fc.record({
    at: fc.nat(),
    with: fc.constantFrom('', '"', '{', '}', ']', ',', '\n', '\\'),
  });
  return fc.tuple(text, fc.array(damage, { maxLength: 2 })).map(([whole, damages]) => {
    const changed = damages.reduce((now, { at, with: put }) => {
      const place = now.length === 0 ? 0 : at % now.length;
      return now.slice(0, place) + put + now.slice(place + 1);
    }, whole);
    return Buffer.from(changed);
  });
}

const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });

/** The bytes in pieces whose sizes repeat. */
function piecesOf(bytes: Buffer, lengths: readonly number[]): readonly Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const length = lengths[turn % lengths.length] ?? 1;
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return pieces;
}

function jsonOf(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

describe('what a server sends', () => {
  it('as a list gives its items, and a SyntaxError where it is no JSON', () => {
    const text = fc
      .record({ kind: fc.constant('PodList'), items: fc.array(object, { maxLength: 5 }) })
      .map((list) => JSON.stringify(list));
    fc.assert(
      fc.property(damaged(text), (body) => {
        const expected = jsonOf(body.toString());
        const items: unknown[] = [];
        const read = (): unknown => parseList(body, (item) => items.push(item));
        if (expected === undefined) assert.throws(read, SyntaxError);
        else {
          read();
          const list = expected.value as { readonly items?: unknown } | null;
          if (Array.isArray(list?.items)) assert.deepEqual(items, list.items);
        }
      }),
      share(0.1),
    );
  });

  it('as lines of a watch is read alike however it is cut', () => {
    const event = fc.record({
      type: fc.constantFrom('ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR', 'ODD'),
      object,
    });
    const text = fc
      .array(event, { maxLength: 5 })
      .map((events) => events.map((one) => `${JSON.stringify(one)}\n`).join(''));
    const read = (pieces: readonly Buffer[]): readonly unknown[] => {
      const told: unknown[] = [];
      const lines = watchLines((one) => told.push(one));
      for (const piece of pieces) {
        const wrong = lines.push(piece);
        if (wrong !== undefined) return [...told, wrong];
      }
      return [...told, lines.atBoundary];
    };
    fc.assert(
      fc.property(damaged(text), sizes, (bytes, lengths) => {
        assert.deepEqual(read(piecesOf(bytes, lengths)), read([bytes]));
      }),
      share(0.1),
    );
  });

  it('as frames of a WebSocket is read alike however it is cut', () => {
    const opcode = fc.constantFrom(
      0x00,
      0x01,
      0x02,
      0x80,
      0x81,
      0x82,
      0x88,
      0x89,
      0x8a,
      0xc2,
      0x83,
    );
    const frame = fc
      .tuple(opcode, fc.uint8Array({ maxLength: 300 }))
      .map(([first, payload]) => frameOf(first, payload));
    const bytes = fc.array(frame, { maxLength: 6 }).map((frames) => Buffer.concat(frames));
    const changed = fc
      .tuple(bytes, fc.option(fc.tuple(fc.nat(), fc.nat(255))))
      .map(([all, one]) => {
        if (one !== null && all.length > 0) all[one[0] % all.length] = one[1];
        return all;
      });
    const read = (pieces: readonly Buffer[]): readonly string[] => {
      const told: string[] = [];
      const reader = new FrameReader({
        onMessage: (message) => told.push(`message ${message.toString('hex')}`),
        onPing: (payload) => told.push(`ping ${payload.toString('hex')}`),
        onClose: () => told.push('close'),
      });
      return pieces.every((piece) => reader.push(piece)) ? told : [...told, 'malformed'];
    };
    fc.assert(
      fc.property(changed, sizes, (all, lengths) => {
        assert.deepEqual(read(piecesOf(all, lengths)), read([all]));
      }),
      share(0.1),
    );
  });
});

/** A frame as a server sends it: not masked. */
function frameOf(first: number, payload: Uint8Array): Buffer {
  const { length } = payload;
  const header = length < 126 ? [first, length] : [first, 126, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(header), payload]);
}

/** Processor time in milliseconds. */
function cost(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const kibibytes400 = 400 * 1024;
/** Each byte is handed over alone: a tenth of what copying all for each would cost. */
const budgetMs = 2_000;

const streams: Readonly<Record<string, () => void>> = {
  'one large frame': () => {
    const reader = new FrameReader(deaf);
    const header = Buffer.alloc(10);
    header.set([0x82, 127]);
    header.writeBigUInt64BE(BigInt(kibibytes400), 2);
    pushEach(reader, Buffer.concat([header, Buffer.alloc(kibibytes400)]));
  },
  'frames of one byte that continue a message': () => {
    const frames = Array.from({ length: kibibytes400 / 4 }, (_, at) => [
      at === 0 ? 0x02 : 0x00,
      1,
      0,
    ]);
    pushEach(new FrameReader(deaf), Buffer.from(frames.flat()));
  },
  'one line of a watch': () => {
    const line = `{"type":"ADDED","object":"${'x'.repeat(kibibytes400)}"}\n`;
    const lines = watchLines(() => undefined);
    const bytes = Buffer.from(line);
    for (let at = 0; at < bytes.length; at += 1) lines.push(bytes.subarray(at, at + 1));
  },
  'a list of one item with 4 000 parts that look like items': () => {
    const owner = { apiVersion: 'v1', kind: 'Pod', name: 'a'.repeat(60) };
    const metadata = { ownerReferences: Array.from({ length: 4_000 }, () => owner) };
    parseList(Buffer.from(JSON.stringify({ items: [{ metadata }] })), () => undefined);
  },
};

const deaf = { onMessage: () => undefined, onPing: () => undefined, onClose: () => undefined };

function pushEach(reader: FrameReader, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; at += 1)
    assert.ok(reader.push(bytes.subarray(at, at + 1)), `byte ${at}`);
}

describe('what 400 KiB cost that come byte by byte', () => {
  for (const [what, work] of Object.entries(streams)) {
    it(`is in proportion to the bytes: ${what}`, () => {
      const ms = cost(work);
      assert.ok(ms < budgetMs, `${ms} ms`);
    });
  }
});
