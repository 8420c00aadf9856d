import { crc32 } from 'node:zlib';

/** A zip archive (PKWARE's APPNOTE 4.3) that holds one file as it is, which may be executed. */
export function zipOfOne(name: string, content: Buffer): Buffer {
  // From "version needed" to "extra field length", which the local header and the directory share.
  const shared = Buffer.alloc(26);
  shared.writeUInt16LE(20, 0);
  shared.writeUInt32LE(crc32(content), 10);
  shared.writeUInt32LE(content.length, 14);
  shared.writeUInt32LE(content.length, 18);
  shared.writeUInt16LE(Buffer.byteLength(name), 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), shared, Buffer.from(name), content]);
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(0o100755 * 0x10000, 6);
  const madeOnUnix = Buffer.from([20, 3]);
  const directory = Buffer.concat([
    Buffer.from('PK\x01\x02'),
    madeOnUnix,
    shared,
    rest,
    Buffer.from(name),
  ]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, directory, Buffer.from('PK\x05\x06'), end]);
}
