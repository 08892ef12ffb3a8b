export const requests = [
  { path: '/string' },
  { path: '/static' },
  { path: '/page' },
  { path: '/in-turn' },
  { path: '/suspense?all' },
  { path: '/lazy' },
  { path: '/error-inside' },
  { path: '/error' },
  { path: '/large' },
  { path: '/abort' },
];
