"""The report does not say where the network was trained.

loses: q6
hint: under the heading # Device
"""
