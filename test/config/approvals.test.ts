import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { DEMO, folderWith, load } from './folder.ts';

describe('the approvals of a configuration', () => {
  it('are none unless they are asked for', async () => {
    expect((await load(DEMO)).approvals).toBeNull();
  });

  it('name the signers beside the configuration, and rules with exact amounts', async () => {
    const text = `${DEMO}approvals:
  signers: keys/signers
  rules:
    - { above: { KES: "1000000.50" }, signatures: 3 }
    - { above: { KES: 0 }, signatures: 2 }
    - { signatures: 1 }
`;
    const folder = await folderWith({ 'payrun.yaml': text });
    expect((await loadConfig({ file: null, from: folder })).approvals).toEqual({
      signers: join(folder, 'keys/signers'),
      rules: [
        { above: { KES: 100_000_050n }, signatures: 3 },
        { above: { KES: 0n }, signatures: 2 },
        { above: null, signatures: 1 },
      ],
    });
  });

  it('know who makes files of a name', async () => {
    const config = await load(
      `${DEMO}defaults: [{ match: "*.csv", prepared_by: " jane@acme " }, { match: "*.xlsx" }]\n`,
    );
    expect(config.defaults.map(({ preparedBy }) => preparedBy)).toEqual(['jane@acme', undefined]);
  });
});
