console.log('flowloom');
