import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { controlFrame, FrameReader } from '../../../src/actions/webSocketFrames.ts';

/** A frame as a server sends it: not masked. */
function frame(first: number, payload: string): Buffer {
  const bytes = Buffer.from(payload);
  if (bytes.length < 126) return Buffer.concat([Buffer.from([first, bytes.length]), bytes]);
  const header = Buffer.alloc(bytes.length < 65_536 ? 4 : 10);
  header[0] = first;
  header[1] = header.length === 4 ? 126 : 127;
  if (header.length === 4) header.writeUInt16BE(bytes.length, 2);
  else header.writeBigUInt64BE(BigInt(bytes.length), 2);
  return Buffer.concat([header, bytes]);
}

/** What a reader hears of the bytes when they come in pieces of so many. */
function heard(bytes: Buffer, pieces: number): readonly string[] {
  const told: string[] = [];
  const reader = new FrameReader({
    onMessage: (message) => told.push(`message ${message.toString()}`),
    onPing: (payload) => told.push(`ping ${payload.toString()}`),
    onClose: () => told.push('close'),
  });
  for (let at = 0; at < bytes.length; at += pieces) {
    if (!reader.push(bytes.subarray(at, at + pieces))) return [...told, 'malformed'];
  }
  return told;
}

const [long, longer] = ['x'.repeat(200), 'y'.repeat(70_000)];
const rows: readonly (readonly [string, readonly Buffer[], readonly string[]])[] = [
  ['a message in one frame', [frame(0x82, 'one')], ['message one']],
  ['text as well as bytes', [frame(0x81, 'one')], ['message one']],
  ['an empty message', [frame(0x82, '')], ['message ']],
  [
    'lengths of every kind',
    [frame(0x82, long), frame(0x82, longer)],
    [`message ${long}`, `message ${longer}`],
  ],
  [
    'a message in three frames, with a ping in between',
    [frame(0x02, 'a'), frame(0x89, 'there?'), frame(0x00, 'b'), frame(0x80, 'c')],
    ['ping there?', 'message abc'],
  ],
  ['a pong, which says nothing', [frame(0x8a, ''), frame(0x82, 'x')], ['message x']],
  ['nothing after a close', [frame(0x88, ''), frame(0x82, 'x')], ['close']],
  ['a frame that continues nothing', [frame(0x80, 'x')], ['malformed']],
  ['a message inside another', [frame(0x02, 'a'), frame(0x82, 'b')], ['malformed']],
  ['a reserved bit', [frame(0xc2, 'x')], ['malformed']],
  ['an opcode that there is not', [frame(0x83, 'x')], ['malformed']],
  ['a masked frame', [Buffer.from([0x82, 0x81, 0, 0, 0, 0, 0x78])], ['malformed']],
  [
    'a length that no message has',
    [Buffer.from([0x82, 127, 1, 0, 0, 0, 0, 0, 0, 0])],
    ['malformed'],
  ],
];

describe('the frames of a server', () => {
  for (const [name, frames, expected] of rows) {
    it(`are read: ${name}`, () => {
      const bytes = Buffer.concat(frames);
      // Bytes that come one by one are tried where there are few of them.
      const pieces = bytes.length > 1_000 ? [bytes.length, 500, 1_000] : [bytes.length, 1, 3];
      for (const size of pieces) {
        assert.deepEqual(heard(bytes, size), expected, `in pieces of ${size}`);
      }
    });
  }
});

describe('an answer of the client', () => {
  it('is masked, as a server demands', () => {
    const bytes = controlFrame('pong', Buffer.from('there?'));
    assert.equal(bytes[0], 0x8a);
    assert.equal(bytes[1], 0x80 | 6);
    const mask = bytes.subarray(2, 6);
    const payload = bytes.subarray(6).map((byte, index) => byte ^ (mask[index % 4] ?? 0));
    assert.equal(Buffer.from(payload).toString(), 'there?');
  });
});
