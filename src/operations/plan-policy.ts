import { relative } from 'node:path';
import type { AccountConfig, Config } from '../config/config.ts';
import type { ApprovalPolicy } from '../domain/approval.ts';
import type { BatchHeader } from '../domain/batch.ts';
import type { ChangeSettings } from '../domain/changes.ts';
import { STOP_STATUSES, stopLimitText } from '../domain/stop-when.ts';
import type { PlainObject, PlainValue } from '../domain/plain-value.ts';
import { changeSettingsFor } from './change-rules.ts';

/**
 * What of the configuration decides about a batch that is paid from these accounts, for the plan's digest. A setting belongs here when
 * another value of it could block, hold back, split or let go of a payment. A setting that is not there is left out (undefined).
 */
export function planPolicy(config: Config, header: BatchHeader, accounts: readonly string[]): PlainValue {
  return {
    duplicate_window: config.duplicateWindowMs,
    ...(config.approvals === null ? {} : { approvals: approvalsValue(config, config.approvals) }),
    changes: changesValue(changeSettingsFor(config, header)),
    accounts: Object.fromEntries(accounts.map((name) => [name, accountPolicy(config.accounts.get(name))])),
  };
}

/** The batch that was compared with is not in it: a plan stays the same when another occurrence is registered meanwhile. */
function changesValue({ policies, over, by }: ChangeSettings): PlainValue {
  return { policies, over, by };
}

function accountPolicy(account: AccountConfig | undefined): PlainObject {
  if (account === undefined) return {};
  const { onShort, canary } = account;
  const brakes = { canary, stop_when: stopWhenValue(account) };
  return { limits: limitsValue(account), hours: hoursValue(account), on_short: onShort, ...brakes };
}

/** Null where payments may be sent at any time. A changed calendar changes when money goes; names of holidays change nothing. */
function hoursValue({ hours }: AccountConfig): PlainValue {
  if (hours === null) return null;
  const { timezone, ranges, calendar, outside } = hours;
  return {
    timezone,
    ranges: ranges.map(({ weekday, from, to }) => [weekday, from, to]),
    holidays: calendar === null ? null : [...calendar.days.keys()].sort(),
    outside,
  };
}

/** Null where nothing that goes wrong stops the account. */
function stopWhenValue({ stopWhen }: AccountConfig): PlainValue {
  if (stopWhen === null) return null;
  return Object.fromEntries(
    STOP_STATUSES.flatMap((status) => {
      const limit = stopWhen[status];
      return limit === null ? [] : [[status, stopLimitText(limit)]];
    }),
  );
}

/** Null where the limits of the provider's documentation hold. */
function limitsValue({ limits }: AccountConfig): PlainValue {
  const { rates, concurrency, maxAmountMinor } = limits;
  return {
    rates: rates?.map(({ count, windowMs }) => ({ count, window_ms: windowMs })) ?? null,
    concurrency,
    max_amount: maxAmountMinor?.toString() ?? null,
  };
}

/** The path of the signers is that from the configuration, so that the digest is the same on every machine. */
function approvalsValue({ folder }: Config, { signers, rules }: ApprovalPolicy): PlainValue {
  return {
    signers: relative(folder, signers),
    rules: rules.map(({ above, signatures }) => ({
      above:
        above === null
          ? null
          : Object.fromEntries(Object.entries(above).map(([currency, minor]) => [currency, minor.toString()])),
      signatures,
    })),
  };
}
