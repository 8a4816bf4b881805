// The arrows of the rooms: cli → operations → rooms; rooms meet in domain and in the two contracts only.
const room = (name) => `^src/${name}/`;
/** The contract of the ledger: what it does, what goes in and out, how it refuses. */
const CONTRACT = '^src/ledger/(ledger|approvals|records|compared-payments|call-records|place-records|errors)\\.ts$';
const only = (from, allowed, comment) => ({
  name: `${from}-sees-only-its-ports`,
  comment,
  severity: 'error',
  from: { path: room(from) },
  to: { path: '^src/', pathNot: [room(from), room('domain'), ...allowed] },
});

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'domain-imports-nothing',
      comment: 'Only node:crypto, for the digests that identify a payment.',
      severity: 'error',
      from: { path: room('domain') },
      to: { pathNot: [room('domain'), '^crypto$', '^node:crypto$'] },
    },
    only('documents', [], 'How a document is read says nothing of what stands in it.'),
    only('workbook', [], 'How a workbook is read says nothing of what stands in it.'),
    only(
      'intake',
      ['^src/documents/', '^src/workbook/'],
      'Intake turns bytes into a checked batch and knows no provider and no ledger.',
    ),
    only('plan', [], 'Planning is pure.'),
    {
      name: 'plan-is-pure',
      severity: 'error',
      from: { path: room('plan') },
      to: { dependencyTypes: ['core', 'npm'] },
    },
    only('schedule', [], 'When a series comes is computed from what is passed in.'),
    only('approvals', [], 'Who has to sign, and which signatures count, is decided without disk, clock and network.'),
    only('limits', [CONTRACT, '^src/providers/port\\.ts$'], 'Limits see only the two contracts.'),
    only(
      'execute',
      [CONTRACT, '^src/providers/port\\.ts$', '^src/limits/'],
      'Execution sees the two contracts and the limits.',
    ),
    only(
      'settle',
      [CONTRACT, '^src/providers/port\\.ts$', '^src/limits/'],
      'Settlement sees the two contracts and the limits, whose back-off it shares with execution.',
    ),
    only(
      'callbacks',
      [CONTRACT, '^src/providers/port\\.ts$'],
      'A callback goes from the wire to the ledger; which accounts are received is for operations to say.',
    ),
    only('report', [CONTRACT], 'Reports read the ledger contract.'),
    only('ledger', [], 'A store never sees a provider.'),
    only('providers', [], 'A provider never sees the ledger.'),
    only('simulator', [], 'A simulator shares nothing with the adapters it tests.'),
    only('config', ['^src/documents/'], 'Configuration is data.'),
    {
      name: 'simulator-shares-nothing',
      severity: 'error',
      from: { path: room('simulator') },
      to: { path: '^src/', pathNot: [room('simulator')] },
    },
    {
      name: 'nobody-imports-the-cli',
      severity: 'error',
      from: { pathNot: [room('cli')] },
      to: { path: room('cli') },
    },
    {
      name: 'only-operations-join-rooms',
      severity: 'error',
      from: { path: room('cli') },
      to: { path: '^src/', pathNot: [room('cli'), room('domain'), room('operations')] },
    },
    {
      name: 'providers-do-not-know-each-other',
      severity: 'error',
      from: { path: '^src/providers/([^/]+)/' },
      to: { path: '^src/providers/([^/]+)/', pathNot: ['^src/providers/$1/', '^src/providers/kit/'] },
    },
    {
      name: 'dev-dependencies-stay-out-of-src',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: '@types/node' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js'] },
  },
};
