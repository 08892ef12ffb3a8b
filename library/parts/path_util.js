// What the package `path` wants of `util`.

exports.isString = (value) => typeof value === 'string';
exports.isObject = (value) => typeof value === 'object' && value !== null;
