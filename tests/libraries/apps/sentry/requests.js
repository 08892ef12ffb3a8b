export const requests = ['/', '/message', '/caught', '/throws', '/sent'].map((path) => ({ path }));
