package main

import (
	"fmt"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
)

// The networks are those of plan.ts.

func setUp(count int, prefix, bridgeName string, atOnce bool) {
	home, err := netns.Get()
	check(err)
	host, err := netlink.NewHandle()
	check(err)
	bridge, err := host.LinkByName(bridgeName)
	check(err)
	index := bridge.Attrs().Index
	if !atOnce {
		runtime.LockOSThread()
		for number := 0; number < count; number++ {
			makeNetwork(number, prefix, home, host, index)
		}
		return
	}
	var all sync.WaitGroup
	all.Add(count)
	for number := 0; number < count; number++ {
		go func(number int) {
			defer all.Done()
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			own, err := netlink.NewHandle()
			check(err)
			defer own.Delete()
			makeNetwork(number, prefix, home, own, index)
		}(number)
	}
	all.Wait()
}

func makeNetwork(number int, prefix string, home netns.NsHandle, host *netlink.Handle, bridge int) {
	namespace, err := netns.NewNamed(fmt.Sprintf("%s%d", prefix, number))
	check(err)
	defer namespace.Close()
	inside, err := netlink.NewHandle()
	check(err)
	defer inside.Delete()
	check(netns.Set(home))

	attributes := netlink.NewLinkAttrs()
	attributes.Name = fmt.Sprintf("veth%d", number)
	attributes.MasterIndex = bridge
	attributes.Flags = net.FlagUp
	check(host.LinkAdd(&netlink.Veth{
		LinkAttrs: attributes, PeerName: "eth0", PeerNamespace: netlink.NsFd(namespace)}))

	lo, err := inside.LinkByName("lo")
	check(err)
	check(inside.LinkSetUp(lo))
	eth0, err := inside.LinkByName("eth0")
	check(err)
	check(inside.LinkSetUp(eth0))
	address := net.IPv4(10, 200, byte((number+1)>>8), byte(number+1))
	check(inside.AddrAdd(eth0, &netlink.Addr{IPNet: &net.IPNet{IP: address, Mask: net.CIDRMask(16, 32)}}))
	check(inside.RouteAdd(&netlink.Route{LinkIndex: eth0.Attrs().Index, Gw: net.IPv4(10, 200, 255, 254)}))
}

func tearDown(count int, prefix string) {
	for number := 0; number < count; number++ {
		check(netns.DeleteNamed(fmt.Sprintf("%s%d", prefix, number)))
	}
	for hostEndsLeft() {
		time.Sleep(time.Millisecond)
	}
}

// Looks where it needs no lock of the kernel's.
func hostEndsLeft() bool {
	devices, err := os.ReadFile("/proc/self/net/dev")
	check(err)
	return strings.Contains(string(devices), "veth")
}
