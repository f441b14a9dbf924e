"""The listening room: blind trials of joins, their answers, and rule weights fitted to them."""
