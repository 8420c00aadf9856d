import { readFileSync } from 'node:fs';

const endOfCentralDirectory = 0x06054b50;
const centralHeader = 0x02014b50;

/** The names of the files in a zip archive, as its central directory lists them. */
export function zipListing(file: string): readonly string[] {
  const bytes = readFileSync(file);
  const end = bytes.lastIndexOf(signature(endOfCentralDirectory));
  const names: string[] = [];
  let at = bytes.readUInt32LE(end + 16);
  while (bytes.readUInt32LE(at) === centralHeader) {
    const nameLength = bytes.readUInt16LE(at + 28);
    names.push(bytes.toString('utf8', at + 46, at + 46 + nameLength));
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return names;
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
