/** The rules between folders. Data flows one way; see "How a message travels" in README.md. */
const inside = (path) => `^src/${path}`;

/** Forbids everything in src/ but `allowed` to be imported by `from`. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: '^src/', pathNot: allowed.map((path) => inside(path)) },
});

/** Pure functions about filters, times and figures, which cards and commands share. */
const reckoning = [
  '(calendar|periods|recurrence|filter\\w*|statistics|figures\\w*|story|csv|exportPage|duty|ladder|escalation\\w*|news\\w*)\\.ts$',
];

module.exports = {
  forbidden: [
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    { name: 'src-never-imports-test', severity: 'error', from: { path: '^src/' }, to: { path: '^test/' } },
    {
      name: 'sandbox-is-independent',
      comment: 'The sandbox is a second opinion about Feishu: it may not borrow the first one.',
      severity: 'error',
      from: { path: '^test/sandbox/(?!.*\\.test\\.ts$)' },
      to: { path: '^src/' },
    },
    {
      name: 'no-vague-folders',
      severity: 'error',
      from: {},
      to: { path: ['/utils[/.]', '/helpers[/.]', '/common[/.]', '/manager[/.]'], pathNot: 'node_modules' },
    },
    {
      name: 'adapters-only-in-main',
      comment: 'Only a process chooses an implementation of a port.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/(main|jobs|doctor)\\.ts$', '^src/store/', '^src/transport/'] },
      to: { path: '^src/(store/(?!store\\.ts$)|transport/(?!transport\\.ts$))' },
    },
    {
      name: 'stores-are-loaded-when-used',
      comment: 'The store on Redis takes 20 MB and 0.2 s: a bot with SQLite does not pay for it.',
      severity: 'error',
      from: { path: '^src/(main|doctor)\\.ts$' },
      to: { path: '^src/store/redis\\.ts$', dynamic: false },
    },
    only('domain-imports-nothing', '^src/domain\\.ts$', ['domain\\.ts$'], 'The nouns stand alone.'),
    only(
      'cards-are-pure',
      '^src/cards/',
      ['cards/', ...reckoning, 'domain\\.ts$', 'text\\.ts$'],
      'No I/O, no clock.',
    ),
    only(
      'feishu-is-a-leaf',
      '^src/feishu/',
      [
        'feishu/',
        'domain\\.ts$',
        'errors\\.ts$',
        'clock\\.ts$',
        'log\\.ts$',
        'metrics\\.ts$',
        'store/store\\.ts$',
      ],
      'Wire knowledge calls nothing back upwards.',
    ),
    only(
      'services-stay-below-commands',
      '^src/services/',
      [
        'services/',
        'feishu/',
        'images/',
        '(ladder|escalation\\w*|news\\w*)\\.ts$',
        'store/store\\.ts$',
        'domain\\.ts$',
        'errors\\.ts$',
        'clock\\.ts$',
        'log\\.ts$',
        'metrics\\.ts$',
        'text\\.ts$',
      ],
      'Services speak helpdesk; they know no chat.',
    ),
    only(
      'commands-see-only-their-desk',
      '^src/commands/',
      [
        'commands/',
        ...reckoning,
        'command\\.ts$',
        'arguments\\.ts$',
        'cards/',
        'text\\.ts$',
        'domain\\.ts$',
        'errors\\.ts$',
      ],
      'A command turns a request into a reply and sends nothing.',
    ),
    only(
      'images-are-bytes',
      '^src/images/',
      ['images/', 'domain\\.ts$', 'errors\\.ts$'],
      'Bytes in, bytes out.',
    ),
    only(
      'transports-only-transport',
      '^src/transport/',
      [
        'transport/',
        'feishu/(envelope|events|longConnection)\\.ts$',
        'http\\.ts$',
        'domain\\.ts$',
        'errors\\.ts$',
        'clock\\.ts$',
        'log\\.ts$',
        'metrics\\.ts$',
      ],
      'A transport verifies, parses and hands over.',
    ),
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
