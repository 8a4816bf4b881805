/** Everything that commander may hand to a command; each command reads its own. */
export interface Flags {
  readonly config?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly account?: string;
  readonly batch?: string;
  readonly amend?: boolean;
  readonly allowDuplicate?: boolean;
  readonly expectCount?: number;
  readonly expectSum?: string;
  readonly rows?: boolean;
  readonly wait?: number;
  readonly yes?: boolean;
  readonly statement?: string;
  readonly apply?: boolean;
  readonly id?: readonly string[];
  readonly as?: 'paid' | 'failed';
  readonly because?: string;
  readonly providerReference?: string;
  readonly port?: number;
  readonly balance?: string;
  readonly seed?: number;
  readonly limits?: boolean;
  readonly bookFile?: string;
  readonly faults?: string;
  readonly latency?: string;
}
