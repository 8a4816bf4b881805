import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SignersOfCheck } from '../../approvals/check.ts';
import { publicKeyFingerprint } from '../../approvals/signers.ts';
import { PayrunError } from '../../domain/problem.ts';
import type { SshKeygen } from './ssh-keygen.ts';

/** A key that a person signs with. */
export interface OwnKey {
  /** As `ssh-keygen -Y sign -f` takes it. */
  readonly path: string;
  /** Where it was found, for messages. */
  readonly name: string;
  /** Null where it cannot be read without its passphrase. */
  readonly fingerprint: string | null;
  /** People of the signers file with this key. */
  readonly principals: readonly string[];
}

export interface KeyRequest {
  /** Path that the person named; null: the agent's keys and those of `~/.ssh` are tried. */
  readonly key: string | null;
  /** Who the person says to be; null: not said. */
  readonly principal: string | null;
}

const DEFAULT_KEYS = ['id_ed25519', 'id_ed25519_sk', 'id_ecdsa', 'id_ecdsa_sk', 'id_rsa'];

/**
 * Finds the key to sign with and hands it to `work`: the named one, or the first that the signers file knows, of the agent before those in
 * `~/.ssh`. Throws {@link PayrunError} 2 where there is none, or where keys of several people are found.
 */
export async function withOwnKey<T>(
  tool: SshKeygen,
  signers: SignersOfCheck,
  { key, principal }: KeyRequest,
  work: (key: OwnKey) => Promise<T>,
): Promise<T> {
  const named = (fingerprint: string | null): readonly string[] => {
    const lines = signers.signers.filter((signer) => !signer.isAuthority && signer.fingerprint === fingerprint);
    return [...new Set(lines.flatMap(({ principals }) => principals))];
  };
  if (key !== null) {
    await access(key).catch(() => {
      throw new PayrunError(2, 'key-missing', `--key ${key}: there is no such file, or it cannot be read.`);
    });
    const fingerprint = await tool.fingerprintOf(key);
    return work({ path: key, name: key, fingerprint, principals: named(fingerprint) });
  }
  const folder = await mkdtemp(join(tmpdir(), 'payrun-key-'));
  try {
    const found: OwnKey[] = [];
    const add = (path: string, name: string, fingerprint: string | null): void => {
      const principals = named(fingerprint);
      const isAsked = principal === null || principals.includes(principal);
      const isKnown = found.some((one) => one.fingerprint === fingerprint);
      if (principals.length > 0 && isAsked && !isKnown) found.push({ path, name, fingerprint, principals });
    };
    for (const [index, line] of (await tool.agentKeys()).entries()) {
      const path = join(folder, `${index}.pub`);
      await writeFile(path, `${line}\n`, { mode: 0o600 });
      add(path, 'the agent', publicKeyFingerprint(line));
    }
    for (const name of DEFAULT_KEYS) {
      const path = join(homedir(), '.ssh', name);
      if (await access(path).then(...EXISTS)) add(path, path, await tool.fingerprintOf(path));
    }
    return await work(onlyOne(found, signers.path, principal));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const EXISTS = [() => true, () => false] as const;

function onlyOne(found: readonly OwnKey[], signers: string, principal: string | null): OwnKey {
  const [first] = found;
  if (first === undefined) {
    const whose = principal === null ? `that ${signers} knows` : `of ${principal} in ${signers}`;
    throw new PayrunError(
      2,
      'key-not-found',
      `No key ${whose} is in the agent (ssh-add -L) or in ~/.ssh. Name yours with --key PATH, or load it: ssh-add PATH`,
    );
  }
  const people = new Set(found.flatMap(({ principals }) => principals));
  const isOfSeveral = found.some(({ principals }) => !principals.some((name) => first.principals.includes(name)));
  if (!isOfSeveral) return first;
  throw new PayrunError(
    2,
    'key-ambiguous',
    `Keys of several people are here: ${[...people].join(', ')}. Say who signs with --as NAME, or name the key with --key PATH.`,
  );
}
