// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Microsoft.AspNetCore.Connections;
using Weir.Hosting.Peers.Serving;

namespace Weir.Tests.Hosting.Peers;

/// <summary>One address has its share of a page's connections, and no more (rules.md R25).</summary>
public sealed class AddressConnectionsTests
{
    [Fact]
    public async Task Who_opens_many_is_closed_beyond_its_share_and_others_are_served()
    {
        var connections = new AddressConnections(total: 16, perAddress: 4);
        var leave = new TaskCompletionSource();
        var served = 0;

        List<Task> held = [.. Enumerable.Range(0, 10).Select(_ => ServeAsync("2001:db8:0:7::1"))];
        held.AddRange(Enumerable.Range(0, 10).Select(i => ServeAsync($"2001:db8:0:7::{i + 2}")));
        Assert.Equal(4, served);
        held.Add(ServeAsync("2001:db8:0:8::1"));
        held.Add(ServeAsync("192.0.2.1"));
        held.Add(ServeAsync("::ffff:192.0.2.1"));
        Assert.Equal(7, served);

        // A proxy in front has what all have.
        held.AddRange(Enumerable.Range(0, 20).Select(_ => ServeAsync("127.0.0.1")));
        Assert.Equal(7 + 16, served);

        leave.SetResult();
        await Task.WhenAll(held);
        await ServeAsync("2001:db8:0:7::1");
        Assert.Equal(7 + 16 + 1, served);

        Task ServeAsync(string from)
        {
            var connection = new DefaultConnectionContext { RemoteEndPoint = new IPEndPoint(IPAddress.Parse(from), 40_000) };
            return connections.ServeAsync(connection, async _ =>
            {
                served++;
                await leave.Task;
            });
        }
    }
}
