import { posix } from 'node:path';
import type { Archive } from './archive.ts';
import { readWholeXml } from './xml.ts';

/** A part that another part needs. */
export interface Relationship {
  readonly id: string;
  /** The last word of its type, which the two forms of workbooks share: `worksheet`, `sharedStrings`, … */
  readonly type: string;
  /** Name of the part. */
  readonly target: string;
}

const NAMESPACES: ReadonlySet<string> = new Set(['http://schemas.openxmlformats.org/package/2006/relationships']);

const RELATIONSHIPS_MAX_BYTES = 16 * 1024 * 1024;

/**
 * What a part says that it needs; nothing where it says nothing. Where a part stands is known from here only: no program has to call
 * its first sheet `sheet1.xml`.
 *
 * @param part name of the part; '' for the package as a whole.
 */
export async function relationshipsOf(archive: Archive, part: string): Promise<readonly Relationship[]> {
  const folder = posix.dirname(part);
  const name = posix.join(folder, '_rels', `${posix.basename(part)}.rels`);
  if (!archive.has(name)) return [];
  const found: Relationship[] = [];
  await readWholeXml(
    { name, bytes: archive.read(name, RELATIONSHIPS_MAX_BYTES), root: 'Relationships', namespaces: NAMESPACES },
    {
      open: (element, attributes) => {
        const [id, target] = [attributes.get('Id'), attributes.get('Target')];
        const type = attributes.get('Type') ?? '';
        // What lies outside of the workbook is never read.
        if (
          element !== 'Relationship' ||
          id === undefined ||
          target === undefined ||
          attributes.get('TargetMode') === 'External'
        )
          return;
        found.push({ id, type: type.slice(type.lastIndexOf('/') + 1), target: targetName(folder, target) });
      },
    },
  );
  return found;
}

/** A target is absolute in the package, or relative to the folder of the part that names it. */
function targetName(folder: string, target: string): string {
  const plain = target.includes('%') ? unescaped(target) : target;
  return posix.join('/', plain.startsWith('/') ? plain : posix.join(folder, plain)).slice(1);
}

function unescaped(target: string): string {
  try {
    return decodeURIComponent(target);
  } catch {
    return target;
  }
}
