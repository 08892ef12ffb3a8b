export const requests = [
  { path: '/' },
  { path: '/api/auth/ok' },
  { path: '/api/auth/nothing' },
  {
    path: '/api/auth/sign-in/email',
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'http://evil.example' },
    body: '{"email":"a@b.example","password":"x"}',
  },
];
