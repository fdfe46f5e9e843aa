// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.Contracts.AccessControl;
using Weir.Contracts.Scopes;
using Weir.Hosting.Channels;
using Weir.Vault.Gardening;

namespace Weir.Tests.Vault.Gardening;

public sealed class ScriptEnforcementBackendTests
{
    private static readonly WalledGardenLine Line = new(new CaseId(7), "user:ann", ["10.9.0.1/32"], ["udp/5060"]);

    [Fact]
    public async Task The_program_gets_line_addresses_garden_case_and_what_stays_open()
    {
        byte[] got = [];
        var answer = await Way((json, _) =>
        {
            got = json.ToArray();
            return Task.FromResult("exit 0");
        }).ApplyAsync(Line, [FakeSubscriberSessions.Create(1, "user:ann", "10.9.0.1")], WalledGarden.Leaky, default);

        Assert.Equal(new EnforcementResult(true, false, "exit 0"), answer);
        using var json = JsonDocument.Parse(got);
        var order = json.RootElement;
        Assert.Equal(("weir.garden/1", "leaky", "c-0000000000000007", "user:ann"), (
            Text(order, "schema"), Text(order, "garden"), Text(order, "case"), Text(order, "line")));
        Assert.Equal("10.9.0.1/32", order.GetProperty("addresses")[0].GetString());
        Assert.Equal("udp/5060", order.GetProperty("exempt")[0].GetString());
        Assert.Equal("A", Text(order.GetProperty("sessions")[0], "session"));
    }

    [Fact]
    public async Task A_failure_is_told_without_what_the_program_was_told()
    {
        var answer = await Way(
            (_, _) => throw new ChannelException("no line User:Ann at 10.9.0.1 (10.9.0.1/32)", isForGood: true))
            .ApplyAsync(Line, [], WalledGarden.Strict, default);

        Assert.False(answer.IsDone);
        Assert.Equal("no line … at … (…)", answer.Reply);
    }

    [Fact]
    public async Task A_program_that_does_not_end_is_given_up()
    {
        var answer = await new ScriptEnforcementBackend(new Sender(async (_, cancel) =>
        {
            await Task.Delay(Timeout.Infinite, cancel);
            return "";
        }), TimeSpan.FromMilliseconds(50), TimeProvider.System).ApplyAsync(Line, [], WalledGarden.None, default);

        Assert.Equal((false, "no end within 0.05 s"), (answer.IsDone, answer.Reply));
    }

    private static string? Text(JsonElement of, string name) => of.GetProperty(name).GetString();

    private static ScriptEnforcementBackend Way(Func<ReadOnlyMemory<byte>, CancellationToken, Task<string>> send) =>
        new(new Sender(send), TimeSpan.FromSeconds(100), TimeProvider.System);

    private sealed class Sender(Func<ReadOnlyMemory<byte>, CancellationToken, Task<string>> send) : IMessageSender
    {
        public Task<string> SendAsync(ReadOnlyMemory<byte> json, CancellationToken cancel) => send(json, cancel);
    }
}
