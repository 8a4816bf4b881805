import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CONFIG, Project, type Ended, type ProjectOptions } from './harness.ts';

/** A key pair in the payer's folder, made by the real `ssh-keygen`. Returns the path of the private key. */
export function makeKey(project: Project, name: string, type = 'ed25519'): string {
  const path = join(project.dir, 'keys', name);
  execFileSync('mkdir', ['-p', join(project.dir, 'keys')]);
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', `${name}@desk`, '-f', path]);
  return path;
}

/** A line of a signers file for a key: `who options type key`. */
export async function signerLine(key: string, who: string, options = 'namespaces="payrun"'): Promise<string> {
  const [type = '', text = ''] = (await readFile(`${key}.pub`, 'utf8')).split(' ');
  return `${who} ${options} ${type} ${text}`.replace(/ {2,}/g, ' ');
}

export const RULES = `approvals:
  signers: signers
  rules:
    - { above: { KES: "1000" }, signatures: 2 }
    - { signatures: 1 }
`;

export interface Signers {
  readonly project: Project;
  /** Paths of the keys of alice, bob and carol, who may sign. */
  readonly keys: Readonly<Record<'alice' | 'bob' | 'carol', string>>;
}

/** A payer whose batches need one signature, and two above 1000 KES. */
export async function openWithSigners(rules = RULES, options: ProjectOptions = {}): Promise<Signers> {
  const project = await Project.open({ ...options, config: `${options.config ?? CONFIG}${rules}` });
  const keys = {
    alice: makeKey(project, 'alice'),
    bob: makeKey(project, 'bob', 'ecdsa'),
    carol: makeKey(project, 'carol', 'rsa'),
  };
  const lines = await Promise.all(Object.entries(keys).map(([who, key]) => signerLine(key, who)));
  await project.write('signers', `# who may sign\n${lines.join('\n')}\n`);
  return { project, keys };
}

export interface PrintedApprovals {
  readonly needed: number;
  readonly missing: number;
  readonly valid: readonly { readonly principal: string; readonly key: string }[];
  readonly void: readonly { readonly principal: string; readonly why: string }[];
  readonly may_sign: readonly string[];
}

/** What a command said of the approvals of its first batch. */
export function approvalsIn({ stdout }: Ended): PrintedApprovals {
  const { batches } = JSON.parse(stdout) as { readonly batches: readonly { readonly approvals: PrintedApprovals }[] };
  const [first] = batches;
  if (first === undefined) throw new Error(`no batch in ${stdout}`);
  return first.approvals;
}
