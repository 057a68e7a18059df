"""The specifications as short, strict, readable code: what the vectors and the other rooms are judged against."""
