export const requests = [
  { path: '/alive' },
  { path: '/compile' },
  { name: 'again', path: '/compile' },
  { name: 'after it', path: '/alive' },
];
