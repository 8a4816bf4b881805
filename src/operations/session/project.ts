import { loadConfig, type AccountConfig, type Config, type ConfigFault } from '../../config/config.ts';
import { PayrunError, type Problem } from '../../domain/problem.ts';
import type { AccountRules } from '../../domain/rules.ts';
import type { IntakeContext } from '../../intake/batch.ts';
import { calendarNotice } from './calendar-notice.ts';
import { NoticeMemory, type Notice } from './notices.ts';
import { secretFilesNotice, tokensNotice } from './secret-files.ts';
import { seriesFaults } from './series-faults.ts';
import { valueFaults } from '../../intake/value-check.ts';
import { providers } from '../../providers/index.ts';
import type { ProviderDefinition } from '../../providers/port.ts';

/** A configuration with everything that follows from it, before any account is opened. */
export interface Project {
  readonly config: Config;
  readonly rules: ReadonlyMap<string, AccountRules>;
  /** About the configuration, for stderr. */
  readonly warnings: readonly string[];
  /** About the installation. */
  readonly notices: readonly Notice[];
  /** The notices that its sweeps have given. */
  readonly noticeMemory: NoticeMemory;
}

export async function openProject(where: {
  readonly file: string | null;
  readonly from: string;
  /** Unix milliseconds, for notices about what runs out. Absent: they are not looked for. */
  readonly now?: number;
}): Promise<Project> {
  let rules: ReadonlyMap<string, AccountRules> = new Map();
  const warnings: string[] = [];
  const config = await loadConfig(where, async (loaded) => {
    rules = rulesOf(loaded);
    const found = valueFaultsOf(loaded, rules);
    warnings.push(...found.filter(({ severity }) => severity === 'warning').map(({ message }) => message));
    return [...found.filter(({ severity }) => severity === 'error'), ...(await seriesFaults(loaded))];
  });
  const limits = [...config.accounts.values()].flatMap((account) => limitWarnings(account, providerOf(account)));
  const noticeMemory = new NoticeMemory(config.state, config.file);
  const found = [
    secretFilesNotice(config),
    tokensNotice(config),
    where.now === undefined ? null : calendarNotice(config, where.now),
  ].filter((notice) => notice !== null);
  for (const topic of ['secret-files', 'token-in-file', 'calendar'] as const) {
    if (!found.some((notice) => notice.topic === topic)) noticeMemory.remember({ topic, state: '' });
  }
  return { config, rules, warnings: [...limits, ...warnings], notices: found, noticeMemory };
}

function rulesOf({ accounts }: Config): ReadonlyMap<string, AccountRules> {
  const rules = new Map<string, AccountRules>();
  for (const account of accounts.values()) {
    const definition = providerOf(account);
    const accountRules = definition.rules({
      account: account.name,
      currency: account.currency,
      environment: account.environment,
      options: account.options,
      maxAmountMinor: account.limits.maxAmountMinor,
    });
    const banks = definition.banks?.(account.options);
    rules.set(account.name, {
      ...accountRules,
      ...(banks === undefined ? {} : { banks }),
      ...(account.onShort === 'priority' ? { paysByPriority: true } : {}),
    });
  }
  return rules;
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
  options: { readonly account: string | null; readonly batch: string | null; readonly isOnlyChecked?: boolean },
): IntakeContext {
  const { account, batch, isOnlyChecked = false } = options;
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
    overrides: { account, batch },
    isOnlyChecked,
    timezone: project.config.timezone,
  };
}

/** What is wrong with the values that cells stand for, as far as accounts and banks are known. */
function valueFaultsOf(
  { defaults }: Config,
  rules: ReadonlyMap<string, AccountRules>,
): readonly (ConfigFault & Pick<Problem, 'severity'>)[] {
  return defaults.flatMap(({ account, currency, values }, index) =>
    valueFaults(values, { account, currency, rules }).map(({ severity, path, message }) => {
      const place = ['defaults', String(index), 'values', ...path];
      return { severity, path: place, message: `${place.join('.')}: ${message}` };
    }),
  );
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
