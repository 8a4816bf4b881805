import { constants, open, stat } from 'node:fs/promises';
import { PayrunError } from '../domain/problem.ts';
import { decoderFor, type Decoder, type TextSource } from './encodings.ts';
import { wholeFile, type ProblemList } from './problem-list.ts';

/**
 * A link in a drop folder would have payrun read whatever file of this machine the link names, and print what it cannot make sense of.
 * Opened without following it, so that no link can take the file's place after a look.
 */
const NO_LINK = constants.O_RDONLY | constants.O_NOFOLLOW;

const READ_BYTES = 256 * 1024;

/** Text is handed on in small pieces: what lives longer than a piece of work is what makes the memory grow. */
const CHUNK_BYTES = 8 * 1024;

/**
 * The text of a file in chunks, without its byte-order mark. What cannot be text is reported and the reading goes on where
 * that still makes sense, so that the other problems of the file are reported too.
 *
 * Throws {@link PayrunError} when the file is not there, is a symbolic link, or cannot be read.
 */
export async function* readText(source: TextSource, problems: ProblemList): AsyncGenerator<string, void, undefined> {
  const { file } = source;
  await fileSize(file);
  try {
    await using handle = await open(file, source.mayBeLink === true ? constants.O_RDONLY : NO_LINK);
    // One buffer for the whole file: a decoder copies what it keeps.
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    let decode: Decoder | null = null;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, READ_BYTES);
      if (bytesRead === 0) break;
      for (let at = 0; at < bytesRead; at += CHUNK_BYTES) {
        const chunk = buffer.subarray(at, Math.min(at + CHUNK_BYTES, bytesRead));
        if (decode !== null) {
          yield await decode(chunk, false);
          continue;
        }
        if (isWorkbook(chunk)) {
          problems.error(
            wholeFile(file),
            'file-is-workbook',
            'This is a spreadsheet workbook, not text. If it is an .xlsx, give it a name that ends so; otherwise open it and save it as "CSV UTF-8".',
          );
          return;
        }
        const { decoder, markBytes } = decoderFor(chunk, source, problems);
        decode = decoder;
        yield await decode(chunk.subarray(markBytes), false);
      }
    }
    if (decode !== null) yield await decode(Buffer.alloc(0), true);
  } catch (error) {
    throw unreadable(file, error);
  }
}

/**
 * All bytes of a file.
 *
 * Throws {@link PayrunError} when the file is not there, is a symbolic link, cannot be read, or has more than `maxBytes`.
 */
export async function readBytes(file: string, maxBytes: number): Promise<Buffer> {
  await fileSize(file);
  try {
    await using handle = await open(file, NO_LINK);
    const { size } = await handle.stat();
    if (size > maxBytes) {
      throw new PayrunError(
        3,
        'file-too-large',
        `${file} has more than ${maxBytes / 1024 / 1024} MiB. Save the sheet with the payments as "CSV UTF-8".`,
      );
    }
    return await handle.readFile();
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** Size in bytes of a regular file. Throws {@link PayrunError} when there is none at `file`. */
export async function fileSize(file: string): Promise<number> {
  const found = await stat(file).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  // A pipe or a device would be read for ever, or only once; a batch is read twice.
  if (!found.isFile()) {
    throw new PayrunError(2, 'file-unreadable', `${file} is not a file. Name a .yaml, .yml, .csv, .xlsx or .xml file.`);
  }
  return found.size;
}

function unreadable(file: string, error: unknown): unknown {
  // Only what the system says about the file (`EACCES`); any other error is a bug of ours, or was reported already.
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return error;
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
    return new PayrunError(2, 'file-missing', `${file} does not exist. Check the path.`, { cause: error });
  }
  if (error.code === 'ELOOP') {
    return new PayrunError(
      3,
      'file-is-link',
      `${file} is a symbolic link. Nothing behind it was read. Put the batch file itself there, or name the file that the link names.`,
      { cause: error },
    );
  }
  return new PayrunError(2, 'file-unreadable', `${file} cannot be read (${String(error.code)}).`, { cause: error });
}

/** `PK` of a zip (xlsx, ods), or the head of an old xls. */
function isWorkbook(chunk: Buffer): boolean {
  return chunk.length >= 4 && (chunk.readUInt32BE(0) === 0x504b0304 || chunk.readUInt32BE(0) === 0xd0cf11e0);
}
