package main

import (
	"fmt"
	"net"
	"runtime"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
)

// Networks of 20.0.0.0/6 by /24, through sixteen gateways.
func addRoutes(count int, device string) {
	handle, err := netlink.NewHandle()
	check(err)
	link, err := handle.LinkByName(device)
	check(err)
	index := link.Attrs().Index
	for number := 0; number < count; number++ {
		check(handle.RouteAdd(&netlink.Route{
			LinkIndex: index,
			Dst: &net.IPNet{
				IP:   net.IPv4(byte(20+number>>16), byte(number>>8), byte(number), 0),
				Mask: net.CIDRMask(24, 32)},
			Gw: net.IPv4(10, 0, byte(number%16), 2),
		}))
	}
}

func deleteLinks(count int, prefix string) {
	handle, err := netlink.NewHandle()
	check(err)
	for number := 0; number < count; number++ {
		link, err := handle.LinkByName(fmt.Sprintf("%s%d", prefix, number))
		check(err)
		check(handle.LinkDel(link))
	}
}

// Moves links, and renames them where they went.
func moveLinks(count int, prefix, name, newPrefix string) {
	runtime.LockOSThread()
	handle, err := netlink.NewHandle()
	check(err)
	namespace, err := netns.GetFromName(name)
	check(err)
	inside, err := netlink.NewHandleAt(namespace)
	check(err)
	for number := 0; number < count; number++ {
		old := fmt.Sprintf("%s%d", prefix, number)
		link, err := handle.LinkByName(old)
		check(err)
		check(handle.LinkSetNsFd(link, int(namespace)))
		moved, err := inside.LinkByName(old)
		check(err)
		check(inside.LinkSetName(moved, fmt.Sprintf("%s%d", newPrefix, number)))
	}
}
