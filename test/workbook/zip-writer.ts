import { crc32, deflateRawSync } from 'node:zlib';

/** A part of a zip that a test writes, with what it claims of itself where that is to be wrong. */
export interface ZipPart {
  readonly name: string;
  readonly content: string | Buffer;
  readonly isStored?: boolean;
  readonly claimedSize?: number;
  readonly claimedChecksum?: number;
  readonly flags?: number;
  /** Set to 0xffffffff and a field of 64 bits, as large files have it. */
  readonly isZip64?: boolean;
}

/** Writes a zip, part by part in the order that is given. */
export function writeZip(parts: readonly ZipPart[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const part of parts) {
    const { local, central } = writtenPart(part, offset);
    bodies.push(local);
    directory.push(central);
    offset += local.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, entries, end]);
}

function writtenPart(part: ZipPart, offset: number): { readonly local: Buffer; readonly central: Buffer } {
  const content = typeof part.content === 'string' ? Buffer.from(part.content) : part.content;
  const packed = part.isStored === true ? content : deflateRawSync(content);
  const name = Buffer.from(part.name);
  const size = part.claimedSize ?? content.length;
  const extra = part.isZip64 === true ? zip64Field(size, packed.length) : Buffer.alloc(0);
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(part.flags ?? 0, 2);
  fields.writeUInt16LE(part.isStored === true ? 0 : 8, 4);
  fields.writeUInt32LE(part.claimedChecksum ?? crc32(content), 10);
  fields.writeUInt32LE(part.isZip64 === true ? 0xffffffff : packed.length, 14);
  fields.writeUInt32LE(part.isZip64 === true ? 0xffffffff : size, 18);
  fields.writeUInt16LE(name.length, 22);
  fields.writeUInt16LE(extra.length, 24);
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(offset, 10);
  return {
    local: Buffer.concat([Buffer.from('PK\u0003\u0004'), fields, name, extra, packed]),
    central: Buffer.concat([Buffer.from('PK\u0001\u0002\u0014\u0000'), fields, rest, name, extra]),
  };
}

function zip64Field(size: number, packedSize: number): Buffer {
  const field = Buffer.alloc(20);
  field.writeUInt16LE(1, 0);
  field.writeUInt16LE(16, 2);
  field.writeBigUInt64LE(BigInt(size), 4);
  field.writeBigUInt64LE(BigInt(packedSize), 12);
  return field;
}
