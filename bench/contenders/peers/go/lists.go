package main

import (
	"fmt"
	"syscall"

	"github.com/vishvananda/netlink"
)

// Lists a table, and tells how many rows there were.
func list(table string) int {
	switch table {
	case "routes":
		rows, err := netlink.RouteList(nil, netlink.FAMILY_ALL)
		check(err)
		return len(rows)
	case "links":
		rows, err := netlink.LinkList()
		check(err)
		return len(rows)
	case "forwarding":
		rows, err := netlink.NeighList(0, syscall.AF_BRIDGE)
		check(err)
		return len(rows)
	case "neighbors":
		rows, err := netlink.NeighList(0, netlink.FAMILY_ALL)
		check(err)
		return len(rows)
	}
	check(fmt.Errorf("there is no table %s", table))
	return 0
}
