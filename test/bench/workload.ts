/** One thing that a build of payrun is measured at. A folder of its own for each build: their ledgers may differ. */
export interface Workload {
  readonly name: string;
  /** Runs the build's command line once and returns its figures; a smaller figure is a better one. */
  sample(): Promise<Figures>;
}

/** Figure with its unit (`wall ms`, `CPU µs per row`) → value. */
export type Figures = Readonly<Record<string, number>>;

/** Prepares a folder for the build whose command line is `bin`. */
export type WorkloadFactory = (folder: string, bin: string) => Promise<Workload>;
