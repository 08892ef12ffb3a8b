export const requests = [
  { path: '/page' },
  { path: '/long' },
  { path: '/tokens' },
  { path: '/page', method: 'POST', body: '*own* text\n\n***\n\n&copy; ü' },
];
