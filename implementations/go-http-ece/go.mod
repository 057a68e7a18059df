module adapter

go 1.25.0

require github.com/crow-misia/http-ece v0.7.0
