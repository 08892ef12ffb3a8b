export const load = () => ({ late: new Promise((resolve) => setTimeout(() => resolve('here'), 5)) });
