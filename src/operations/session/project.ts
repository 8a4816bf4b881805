import { loadConfig, type AccountConfig, type Config } from '../../config/config.ts';
import { PayrunError } from '../../domain/problem.ts';
import type { AccountRules } from '../../domain/rules.ts';
import type { IntakeContext } from '../../intake/batch.ts';
import { valueFaults } from '../../intake/value-check.ts';
import { providers } from '../../providers/index.ts';
import type { ProviderDefinition } from '../../providers/port.ts';

/** A configuration with everything that follows from it, before any account is opened. */
export interface Project {
  readonly config: Config;
  readonly rules: ReadonlyMap<string, AccountRules>;
  /** About the configuration, for stderr. */
  readonly warnings: readonly string[];
}

export async function openProject(where: { readonly file: string | null; readonly from: string }): Promise<Project> {
  const config = await loadConfig(where);
  const rules = new Map<string, AccountRules>();
  const warnings: string[] = [];
  for (const account of config.accounts.values()) {
    const definition = providerOf(account);
    const accountRules = definition.rules({
      account: account.name,
      currency: account.currency,
      environment: account.environment,
      options: account.options,
      maxAmountMinor: account.limits.maxAmountMinor,
    });
    const banks = definition.banks?.(account.options);
    rules.set(account.name, banks === undefined ? accountRules : { ...accountRules, banks });
    warnings.push(...limitWarnings(account, definition));
  }
  warnings.push(...valueWarnings(config, rules));
  return { config, rules, warnings };
}

export function providerOf(account: AccountConfig): ProviderDefinition {
  const definition = providers.get(account.provider);
  if (definition !== undefined) return definition;
  throw new PayrunError(
    2,
    'provider-unknown',
    `Account ${account.name} names the provider ${account.provider}; there are: ${[...providers.keys()].join(', ')}.`,
  );
}

export function intakeContext(
  project: Project,
  overrides: { readonly account: string | null; readonly batch: string | null },
): IntakeContext {
  const { account } = overrides;
  if (account !== null && !project.rules.has(account)) {
    throw new PayrunError(
      2,
      'account-unknown',
      `--account names ${account}; ${project.config.file} has: ${[...project.rules.keys()].join(', ')}.`,
    );
  }
  return {
    rules: project.rules,
    defaults: project.config.defaults,
    overrides,
    timezone: project.config.timezone,
  };
}

/** Values of the rules that cells stand for, as far as accounts and banks are known. Throws {@link PayrunError} for what cannot be. */
function valueWarnings({ defaults, file }: Config, rules: ReadonlyMap<string, AccountRules>): string[] {
  const found = defaults.flatMap(({ account, currency, values }, index) => {
    return valueFaults(values, { account, currency, rules }).map(({ severity, path, message }) => {
      return { severity, text: `defaults.${index}.values.${path.join('.')}: ${message}` };
    });
  });
  const errors = found.filter(({ severity }) => severity === 'error').map(({ text }) => `${file}: ${text}`);
  if (errors.length > 0) throw new PayrunError(2, 'config-invalid', errors.join('\n'));
  return found.map(({ text }) => text);
}

function limitWarnings(account: AccountConfig, definition: ProviderDefinition): string[] {
  const { rates, concurrency } = account.limits;
  const documented = definition.limits(account.options);
  const warnings: string[] = [];
  const faster = rates?.some((rate) =>
    documented.documentedRates.some(({ count, windowMs }) => rate.count / rate.windowMs > count / windowMs),
  );
  if (faster === true) {
    warnings.push(
      `accounts.${account.name}.limits.rate is above what ${definition.name} documents; it may answer 429.`,
    );
  }
  if (concurrency !== null && concurrency > documented.concurrency) {
    warnings.push(
      `accounts.${account.name}.limits.concurrency is ${concurrency}; the default for ${definition.name} is ${documented.concurrency}.`,
    );
  }
  return warnings;
}
