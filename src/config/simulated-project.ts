import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { PayrunError } from '../domain/problem.ts';

/** An account in front of a simulator that runs. */
export interface SimulatedAccount {
  /** Also its name. */
  readonly provider: string;
  readonly endpoint: string;
  readonly currency: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Secrets by their names under `credentials:`. */
  readonly credentials: Readonly<Record<string, string>>;
  /** The secret end of its callback address; null for a provider that sends no callbacks. */
  readonly callbackToken: string | null;
  /** Lines of a CSV that the account pays. */
  readonly payments: readonly string[];
}

/** Where everything of a configuration for simulators goes; all paths absolute. */
export interface SimulatedPlaces {
  readonly file: string;
  readonly secrets: string;
  readonly batches: string;
}

export function simulatedPlaces(file: string): SimulatedPlaces {
  const full = resolve(file);
  const folder = dirname(full);
  return { file: full, secrets: join(folder, `${bareName(full)}-secrets`), batches: join(folder, 'batches') };
}

/** Throws {@link PayrunError} 2 that names what is there already: nothing is ever written over. */
export async function checkNothingInTheWay({ file, secrets }: SimulatedPlaces): Promise<void> {
  for (const path of [file, secrets]) {
    if ((await stat(path).catch(() => null)) === null) continue;
    throw new PayrunError(
      2,
      'config-exists',
      `${path} is there already and stays as it is; nothing was written and no simulator was started. If it was written for these ` +
        'simulators, start them without --write-config. Else name another file: --write-config rehearsal.yaml',
    );
  }
}

/**
 * Writes a configuration that works with running simulators as it is: secrets into files of mode 0600, and samples into the drop
 * folder where that is empty or missing. Throws {@link PayrunError} 2 where a file cannot be written.
 *
 * @param listen where the callbacks of the simulators are received, HOST:PORT.
 * @returns the files written, in the order in which a person should read them.
 */
export async function writeSimulatedProject(
  places: SimulatedPlaces,
  accounts: readonly SimulatedAccount[],
  listen: string,
): Promise<readonly string[]> {
  const { file, secrets, batches } = places;
  try {
    await mkdir(dirname(file), { recursive: true });
    await mkdir(secrets, { mode: 0o700 });
    const write = (name: string, text: string): Promise<void> =>
      writeFile(join(secrets, name), `${text.trimEnd()}\n`, { flag: 'wx', mode: 0o600 });
    await write('.gitignore', '*');
    for (const { provider, credentials, callbackToken } of accounts) {
      for (const [name, secret] of Object.entries(credentials)) await write(`${provider}.${name}`, secret);
      if (callbackToken !== null) await write(`${provider}.callback_token`, callbackToken);
    }
    const samples = await writeSamples(batches, accounts);
    await writeFile(file, await simulatedConfigText(places, accounts, listen), { flag: 'wx' });
    return [file, secrets, ...samples];
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || !('path' in error)) throw error;
    const message = `${String(error.path)} cannot be written (${String(error.code)}). Name another file: --write-config FILE`;
    throw new PayrunError(2, 'config-unwritable', message, { cause: error });
  }
}

/** A drop folder in which a person has files already gets none of ours: a sweep would pay them too. */
async function writeSamples(batches: string, accounts: readonly SimulatedAccount[]): Promise<readonly string[]> {
  await mkdir(batches, { recursive: true });
  if ((await readdir(batches)).length > 0) return [];
  const written: string[] = [];
  for (const { provider, payments } of accounts) {
    const sample = join(batches, `sample-${provider}.csv`);
    await writeFile(sample, `${payments.join('\n')}\n`, { flag: 'wx' });
    written.push(sample);
  }
  return written;
}

async function simulatedConfigText(
  { file, secrets }: SimulatedPlaces,
  accounts: readonly SimulatedAccount[],
  listen: string,
): Promise<string> {
  const { stringify } = await import('yaml');
  const own = bareName(file);
  // A second configuration in a folder must not share the ledger of the first.
  const [ledger, reports] = own === 'payrun' ? ['payrun.db', 'reports'] : [`${own}.db`, `${own}-reports`];
  const inFile = (name: string): { readonly file: string } => ({ file: join(relative(dirname(file), secrets), name) });
  const [first] = accounts;
  const text = stringify({
    organisation: 'rehearsal',
    ledger: `sqlite:${ledger}`,
    batches: 'batches',
    reports,
    timezone: 'Africa/Nairobi',
    callbacks: { listen, public_url: `http://${listen}` },
    accounts: Object.fromEntries(
      accounts.map(({ provider, endpoint, currency, options, credentials, callbackToken }) => [
        provider,
        {
          provider,
          endpoint,
          environment: 'sandbox',
          currency,
          ...(callbackToken === null ? {} : { callback_token: inFile(`${provider}.callback_token`) }),
          credentials: Object.fromEntries(
            Object.keys(credentials).map((name) => [name, inFile(`${provider}.${name}`)]),
          ),
          ...(Object.keys(options).length === 0 ? {} : { options }),
        },
      ]),
    ),
    defaults: [
      ...accounts.map(({ provider }) => ({ match: `*${provider}*`, account: provider })),
      ...(first === undefined ? [] : [{ match: '*', account: first.provider }]),
    ],
  });
  return `${HEAD}\n${text}`;
}

const HEAD = `# Written by payrun simulate: accounts at simulators on this machine, which move no money. They work while the simulators run.
# A file with the name of a provider in its own is paid from that account; any other from the first one.
`;

function bareName(file: string): string {
  return basename(file, extname(file));
}
