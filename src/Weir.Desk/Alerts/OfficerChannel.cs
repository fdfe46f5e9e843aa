// SPDX-License-Identifier: Apache-2.0
namespace Weir.Desk.Alerts;

/// <summary>A channel to the privacy officer alone: what oversight tells of, that it is over, and tries of the
/// channel.</summary>
/// <param name="channel">How it goes out.</param>
internal sealed class OfficerChannel(IAlertChannel channel) : IAlertChannel, IDisposable
{
    public string Name => channel.Name;

    public bool Wants(Alert alert) => alert.Kind is "test" || OversightKinds.All.Contains(alert.Kind)
        || OversightKinds.All.Contains(alert.Words.GetValueOrDefault("alarm", ""));

    public Task SendAsync(Alert alert, CancellationToken cancel) => channel.SendAsync(alert, cancel);

    public void Dispose() => (channel as IDisposable)?.Dispose();
}
