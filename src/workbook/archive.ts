import { crc32, createInflateRaw } from 'node:zlib';
import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl';
import { damaged, WorkbookFault } from './fault.ts';

/** The most that the parts of a workbook may come to when they are unpacked, by what the file says and by what is in it. */
export const UNPACKED_MAX = 512 * 1024 * 1024;

/** A workbook has a dozen parts and one for each sheet, picture and drawing. */
const ENTRIES_MAX = 10_000;

/** The parts of a workbook: the entries of its zip, by their names without regard to case. */
export class Archive {
  private readonly zip: ZipFile;
  private readonly entries: ReadonlyMap<string, Entry>;

  private constructor(zip: ZipFile, entries: ReadonlyMap<string, Entry>) {
    this.zip = zip;
    this.entries = entries;
  }

  /** Throws {@link WorkbookFault} where the bytes are no zip, or one that different programs could read differently. */
  static async open(bytes: Buffer): Promise<Archive> {
    const entries = new Map<string, Entry>();
    try {
      // Names are compared as they are and never used as paths, so that no name has to be refused.
      const zip = await fromBufferPromise(bytes, { decodeStrings: false, validateEntrySizes: true });
      if (zip.entryCount > ENTRIES_MAX) throw damaged(`it has ${zip.entryCount} parts`);
      for await (const entry of zip.eachEntry()) {
        const name = partName(entryName(entry));
        // One program would show the first of the two and another the second.
        if (entries.has(name)) throw damaged(`it holds the part "${name.slice(0, 80)}" twice`);
        entries.set(name, entry);
      }
      return new Archive(zip, entries);
    } catch (error) {
      throw error instanceof WorkbookFault ? error : damaged('its zip cannot be read', error);
    }
  }

  has(name: string): boolean {
    return this.entries.has(partName(name));
  }

  /**
   * The bytes of a part as they are unpacked.
   *
   * Throws {@link WorkbookFault} where there is no such part, where it is larger than `maxBytes` or than the workbook says, or where
   * its checksum is wrong.
   */
  async *read(name: string, maxBytes: number): AsyncGenerator<Buffer, void, undefined> {
    const entry = this.entries.get(partName(name));
    if (entry === undefined) throw damaged(`its part "${name.slice(0, 80)}" is missing`);
    if (entry.uncompressedSize > maxBytes) throw tooLarge(maxBytes);
    let size = 0;
    let checksum = 0;
    try {
      for await (const chunk of await this.unpacked(entry)) {
        size += chunk.length;
        // What the file says of its size may be wrong.
        if (size > maxBytes) throw tooLarge(maxBytes);
        checksum = crc32(chunk, checksum);
        yield chunk;
      }
    } catch (error) {
      throw error instanceof WorkbookFault
        ? error
        : damaged(`its part "${name.slice(0, 80)}" cannot be unpacked`, error);
    }
    if (size !== entry.uncompressedSize)
      throw damaged(`its part "${name.slice(0, 80)}" has another size than it claims`);
    if (checksum !== entry.crc32) throw damaged(`the checksum of its part "${name.slice(0, 80)}" is wrong`);
  }

  /** Unpacked in larger pieces than the library's own, each of which costs a turn of the event loop. */
  private async unpacked(entry: Entry): Promise<AsyncIterable<Buffer>> {
    if (entry.compressionMethod !== 8 || (entry.generalPurposeBitFlag & 1) !== 0) {
      return (await this.zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>;
    }
    const packed = await this.zip.openReadStreamPromise(entry, { decodeFileData: false });
    const inflate = createInflateRaw({ chunkSize: INFLATED_BYTES });
    packed.on('error', (error) => inflate.destroy(error));
    return packed.pipe(inflate);
  }
}

const INFLATED_BYTES = 128 * 1024;

/** Names of parts are compared without regard to case; some writers use backslashes, or begin with a slash. */
function partName(name: string): string {
  return name.replaceAll('\\', '/').replace(/^\/+/, '').toLowerCase();
}

/** With `decodeStrings: false` the name is a buffer, which the types do not say. */
function entryName(entry: Entry): string {
  const name: unknown = entry.fileName;
  return Buffer.isBuffer(name) ? name.toString('utf8') : String(name);
}

function tooLarge(maxBytes: number): WorkbookFault {
  const mib = maxBytes / 1024 / 1024;
  return new WorkbookFault(
    'workbook-too-large',
    `A part of this workbook has more than ${mib} MiB when it is unpacked. Nothing more of it was read. Save the sheet with the payments as "CSV UTF-8", or keep only what is to be paid.`,
  );
}
