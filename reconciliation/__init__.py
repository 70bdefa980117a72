"""Where it is proved that the money arrived: statements, matching, differences, exports."""
