import { CONFIG, Project, type Ended, type Started } from './harness.ts';

/** The time that the next process and the simulator believe in. */
export class VirtualClock {
  private at = 0;

  now(): number {
    return this.at;
  }

  set(time: string | number): void {
    this.at = typeof time === 'number' ? time : Date.parse(time);
  }
}

/** A project with series, of which every process and the simulator live at the time that the test sets. */
export async function seriesProject(
  series: string,
  config = CONFIG,
): Promise<{ readonly project: Project; readonly clock: VirtualClock }> {
  const clock = new VirtualClock();
  clock.set('2026-11-20T05:00Z');
  const now = (): number => clock.now();
  const project = await Project.open({ config: `${config}series:\n${series}\n`, simulator: { now, shownNow: now } });
  return { project, clock };
}

/** Runs the command line with a wall clock that starts at `time`. */
export function runAt(project: Project, time: number, ...args: string[]): Promise<Ended> {
  return startAt(project, time, ...args).ended;
}

export function startAt(project: Project, time: number, ...args: string[]): Started {
  const shift = `const R = Date, s = ${time} - R.now();
    globalThis.Date = class extends R { constructor(...a) { a.length ? super(...a) : super(R.now() + s); }
      static now() { return R.now() + s; } };`;
  return project.start(args, { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(shift)}` });
}

/** A YAML template of payments to different people. */
export function templateOf(count: number, head = ''): string {
  const rows = Array.from({ length: count }, (_, at) => {
    return `  - { id: EMP-${at + 1}, name: Person ${at + 1}, amount: ${100 + at}, mobile: "07122${String(at + 10)}009" }`;
  });
  return `${head}payments:\n${rows.join('\n')}\n`;
}
