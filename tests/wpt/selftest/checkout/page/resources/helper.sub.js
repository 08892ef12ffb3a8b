const helperHost = '{{host}}:{{ports[http][0]}}';
function helper() {}
