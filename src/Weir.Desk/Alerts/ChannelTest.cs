// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Hosting.Channels;

namespace Weir.Desk.Alerts;

/// <summary>One alert of kind <c>test</c> by one channel, at once and past the journal.</summary>
internal static class ChannelTest
{
    /// <param name="channel">Which one.</param>
    /// <param name="by">Who tries it.</param>
    /// <param name="now">The alert's time.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="ChannelException">It was not taken.</exception>
    public static Task SendAsync(IAlertChannel channel, string by, DateTimeOffset now, CancellationToken cancel) =>
        channel.SendAsync(
            new Alert
            {
                Id = string.Create(CultureInfo.InvariantCulture, $"test-{now.ToUnixTimeMilliseconds()}"),
                At = now,
                Kind = "test",
                Severity = Severity.Informational,
                Text = $"{by} tries channel {channel.Name} of Weir; nothing happened",
                Words = new Dictionary<string, string> { ["by"] = by },
            },
            cancel);
}
