import { readOptions } from '../kit/options.ts';
import { templateConfiguration } from './options.ts';

/** Options of an account, read; `options.ts` says what each means. */
export interface TemplateSettings {
  readonly payoutTimeoutMs: number;
  readonly requestTimeoutMs: number;
}

/** Reads options that have passed the configuration's schema; what is left out has the default of `options.ts`. */
export function readTemplateSettings(options: Readonly<Record<string, unknown>>): TemplateSettings {
  const read = readOptions('_template', templateConfiguration.options, options);
  return { payoutTimeoutMs: read.payout_timeout, requestTimeoutMs: read.request_timeout };
}
