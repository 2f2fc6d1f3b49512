module flowloom.test/laboratory

go 1.25
