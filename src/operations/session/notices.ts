import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a person should put right about the installation. Nothing waits for it, so that it is given once and then kept quiet. */
export interface Notice {
  readonly topic: NoticeTopic;
  /** The same for as long as the notice says the same: its text may tell times. */
  readonly state: string;
  readonly text: string;
}

type NoticeTopic = 'secret-files' | 'token-in-file' | 'clock' | 'done-folder' | 'calendar';

/** What is remembered: notices, and what a quiet command has looked at last. */
type RememberedTopic = NoticeTopic | 'looked-at';

interface Remembered {
  readonly topic: RememberedTopic;
  readonly state: string;
}

/**
 * The notices that the sweeps of an installation have given, in a file of the user's state folder: cron, which sends a mail for each line, gets a
 * notice once for each change. Where the folder cannot be used, each sweep gives it again.
 */
export class NoticeMemory {
  private readonly folder: string;
  private readonly path: string;

  /** @param config path of the configuration, which tells installations apart. */
  constructor(stateFolder: string, config: string) {
    this.folder = join(stateFolder, 'notices');
    this.path = join(this.folder, `${noticeDigest(config).slice(0, 32)}.json`);
  }

  isKnown({ topic, state }: Remembered): boolean {
    return this.read()[topic] === noticeDigest(state);
  }

  remember({ topic, state }: Remembered): void {
    const [known, digest] = [this.read(), noticeDigest(state)];
    // Nothing was wrong, and nothing is.
    if (state === '' && known[topic] === undefined) return;
    if (known[topic] !== digest) this.write({ ...known, [topic]: digest });
  }

  private read(): Readonly<Partial<Record<RememberedTopic, string>>> {
    try {
      const { known } = JSON.parse(readFileSync(this.path, 'utf8')) as {
        known?: Partial<Record<RememberedTopic, string>>;
      };
      return known ?? {};
    } catch {
      return {};
    }
  }

  private write(known: Readonly<Partial<Record<RememberedTopic, string>>>): void {
    const draft = `${this.path}.${process.pid}.draft`;
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 });
      writeFileSync(draft, JSON.stringify({ version: 1, known }), { mode: 0o600 });
      renameSync(draft, this.path);
    } catch {
      rmSync(draft, { force: true });
    }
  }
}

/** No file name and no text stands in the memory itself. */
function noticeDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * What notices may be given about, as far as the places of a configuration say it. A quiet command remembers it when it has given its notices, so
 * that the quick check of a sweep knows that no notice is left to give.
 */
export function lookedAt({ digest, file, folder }: LookedAt): Remembered {
  // A file that is not there is open to nobody. The ledger is closed to others by opening it.
  const modes = [file, join(folder, '.env')].map((path) => {
    return (statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & OTHERS;
  });
  return { topic: 'looked-at', state: [digest, ...modes].join(' ') };
}

/** What a mode allows to the group and to others. */
const OTHERS = 0o077;

interface LookedAt {
  readonly digest: string;
  readonly file: string;
  readonly folder: string;
}
