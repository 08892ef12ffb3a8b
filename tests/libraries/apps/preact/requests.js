export const requests = ['/string', '/async', '/stream'].map((path) => ({ path }));
